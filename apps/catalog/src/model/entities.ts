import { EntitySchema, type EntitySchemaColumnOptions, type ObjectLiteral } from 'typeorm';
import type { Rows, TableName } from './rows.js';

/** PostgreSQL has a type for instants; SQLite keeps them as ISO 8601. */
export type Dialect = 'postgres' | 'sqljs';

type Sort = 'text' | 'integer' | 'count' | 'real' | 'flag' | 'instant';
/** `?` may be null, `!` belongs to the primary key. */
type Spelled = `${Sort}${'' | '?' | '!'}`;
type Columns<Row> = { readonly [Property in keyof Row]: Spelled };

/** The columns of each table; entities, upserts and the test of the migrations follow from it. */
export const columns: { readonly [Name in TableName]: Columns<Rows[Name]> } = {
  checkpoint: { id: 'integer!', sequence: 'count', eventId: 'text', logCreated: 'text', model: 'text' },
  events: {
    sequence: 'count!',
    eventId: 'text?',
    type: 'text',
    version: 'integer?',
    stream: 'text',
    subjectId: 'text',
    key: 'text?',
    time: 'instant',
    known: 'flag',
  },
  backups: {
    id: 'text!',
    source: 'text',
    verdict: 'text',
    good: 'flag',
    trigger: 'text',
    requestedBy: 'text',
    requestedAt: 'instant',
    deadline: 'instant',
    endedAt: 'instant?',
    seconds: 'real?',
    bytes: 'count',
    destinations: 'text',
    pinned: 'flag',
    verifiedAt: 'instant?',
    provenAt: 'instant?',
    damaged: 'flag',
    summary: 'text',
  },
  parts: {
    backupId: 'text!',
    part: 'text!',
    status: 'text',
    bytes: 'count',
    seconds: 'real?',
    rows: 'count?',
    files: 'count?',
    failure: 'text?',
  },
  bases: { backupId: 'text!', baseId: 'text!', title: 'text', tables: 'count' },
  tables: {
    backupId: 'text!',
    tableId: 'text!',
    baseId: 'text?',
    title: 'text',
    status: 'text',
    records: 'count?',
    links: 'count?',
    attachments: 'count?',
    attachmentBytes: 'count?',
    missing: 'count?',
    bytes: 'count?',
    seconds: 'real?',
    failure: 'text?',
  },
  restores: {
    id: 'text!',
    backupId: 'text',
    kind: 'text',
    verdict: 'text',
    requestedBy: 'text',
    requestedAt: 'instant',
    endedAt: 'instant?',
    stepsPlanned: 'count?',
    stepsDone: 'count',
    counts: 'text?',
    leftOut: 'count?',
    reason: 'text?',
  },
  verifications: {
    backupId: 'text!',
    n: 'text!',
    kind: 'text',
    verdict: 'text',
    trigger: 'text',
    requestedBy: 'text',
    requestedAt: 'instant',
    endedAt: 'instant?',
    files: 'count?',
    bytes: 'count?',
    tables: 'count?',
    rows: 'count?',
    seconds: 'real?',
    findings: 'text',
    reason: 'text?',
  },
  notifications: {
    sequence: 'count!',
    eventId: 'text',
    channel: 'text',
    about: 'text',
    outcome: 'text',
    level: 'text?',
    title: 'text?',
    time: 'instant',
    reason: 'text?',
  },
  alerts: {
    id: 'text!',
    kind: 'text',
    source: 'text',
    level: 'text',
    title: 'text',
    since: 'instant',
    raisedAt: 'instant',
    clearedAt: 'instant?',
  },
};

/** Names of tables, in the order in which a dump of the catalog shows them. */
export const tableNames = Object.keys(columns) as TableName[];

/** `requestedAt` -> `requested_at` */
export const columnName = (property: string): string =>
  property.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const sorts = {
  postgres: {
    text: 'text',
    integer: 'integer',
    count: 'bigint',
    real: 'double precision',
    flag: 'boolean',
    instant: 'timestamptz',
  },
  sqljs: {
    text: 'text',
    integer: 'integer',
    count: 'integer',
    real: 'real',
    flag: 'boolean',
    instant: 'text',
  },
} as const satisfies Record<Dialect, Record<Sort, string>>;

/** The SQL type of a column, as its table says it. */
export const sqlType = (spelled: Spelled, dialect: Dialect) =>
  sorts[dialect][spelled.replace(/[?!]$/, '') as Sort];

/** The entities of TypeORM, for one kind of database. */
export const entitiesFor = (dialect: Dialect): EntitySchema[] =>
  tableNames.map(
    (name) =>
      new EntitySchema<ObjectLiteral>({
        name,
        tableName: name,
        columns: Object.fromEntries(
          Object.entries<Spelled>(columns[name]).map(([property, spelled]) => [
            property,
            columnOptions(property, spelled, dialect),
          ]),
        ),
        ...(indexes[name] && { indices: indexes[name] }),
      }),
  );

const indexes: Partial<Record<TableName, { name: string; columns: string[] }[]>> = {
  events: [{ name: 'events_subject', columns: ['subjectId', 'sequence'] }],
  tables: [{ name: 'tables_history', columns: ['tableId', 'backupId'] }],
};

const columnOptions = (property: string, spelled: Spelled, dialect: Dialect): EntitySchemaColumnOptions => ({
  name: columnName(property),
  type: sqlType(spelled, dialect),
  primary: spelled.endsWith('!'),
  nullable: spelled.endsWith('?'),
  transformer: { to: (value: unknown) => value, from: plain(spelled) },
});

/** What PostgreSQL's client gives for large numbers and instants, as JSON knows them. */
const plain = (spelled: Spelled) => (value: unknown) => {
  if (value instanceof Date) return value.toISOString();
  return spelled.startsWith('count') && typeof value === 'string' ? Number(value) : value;
};
