import { type Column, LinkOptions, type Table } from './schemas.js';

/** A table's columns by what reading them means. */
export interface Columns {
  /** What tells records apart: usually one column, several in tables of other databases, or none. */
  readonly keys: readonly Column[];
  /** The single one of `keys`: its value is the record's id. */
  readonly key: Column | undefined;
  /** Values that lie in the database. */
  readonly stored: readonly Column[];
  /** Values that NocoDB works out as quickly as it reads stored ones. */
  readonly computed: readonly Column[];
  /** Columns that name records of another table. */
  readonly links: readonly Column[];
}

/** Never answered, or written at another place: lookups are cut at 25 values and cost 100 times the whole rest. */
const left = new Set(['Order', 'Meta', 'Lookup', 'LinkToAnotherRecord']);
const linking = new Set(['Links', 'LinkToAnotherRecord']);
/** `Links` reads as the number of links. */
const computing = new Set(['Links', 'Rollup', 'Formula', 'QrCode', 'Barcode', 'Button']);

/**
 * The table's own columns. Left out are NocoDB's internal links to junction tables (`junctions` holds the ids of those
 * tables), which bring nested records along and make a page hundreds of times slower.
 */
export const columnsOf = (table: Table, junctions: ReadonlySet<string>): Columns => {
  const own = table.columns.filter((column) => !isInternal(column, junctions));
  const keys = own.filter(({ pk }) => Boolean(pk));
  const read = own.filter(({ uidt }) => !left.has(uidt));
  return {
    keys,
    key: keys.length === 1 ? keys[0] : undefined,
    stored: read.filter(({ uidt }) => !computing.has(uidt)),
    computed: read.filter(({ uidt }) => computing.has(uidt)),
    links: own.filter(({ uidt }) => linking.has(uidt)),
  };
};

const isInternal = ({ uidt, colOptions }: Column, junctions: ReadonlySet<string>): boolean =>
  linking.has(uidt) && junctions.has(LinkOptions.parse(colOptions).fk_related_model_id);

const numbers = new Set(['ID', 'Number', 'AutoNumber', 'ForeignKey', 'Decimal']);
const textual = /char|text|uuid/i;

/** Whether `where=(column,gt,n)` can page over the column: its values are numbers that need no quotes. */
export const isNumeric = ({ uidt, dt }: Column): boolean =>
  numbers.has(uidt) && !(typeof dt === 'string' && textual.test(dt));
