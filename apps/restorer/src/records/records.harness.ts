import type { RestoreOptions, RestoreStepCompleted } from '@nocodb-backup/events';
import { backupInMemory, tableInMemory } from './memory-backup.harness.js';
import { collected, type Person } from './person.harness.js';
import {
  columnsOf,
  linkPair,
  linkReading,
  linkTableId,
  listingOrder,
  pages,
  tableDefinition,
} from '@nocodb-backup/nocodb';
import { connectionFromUrl, type PostgresConnection } from '@nocodb-backup/postgres';
import type { StoredBackup, StoredLink, StoredTable } from '@nocodb-backup/vault';
import type { PlannedWork, Plan, Restoration, StepOutcome } from '../restoration.js';
import { Target } from '../target.js';
import { RecordsRestoration } from './records-restoration.js';

const signal = AbortSignal.timeout(600_000);

/** The base as a backup holds it, in memory. */
export const captured = async (person: Person, baseId: string): Promise<StoredBackup> => {
  const base = await person.api.baseDetail(baseId, signal);
  const tables: StoredTable[] = [];
  for (const { id, mm } of await person.api.tables(baseId, signal))
    if (!mm) tables.push(await capturedTable(person, { id, base }));
  return backupInMemory(tables);
};

interface Captured {
  readonly id: string;
  readonly base: { readonly id: string; readonly title: string };
}

const capturedTable = async (person: Person, { id, base }: Captured): Promise<StoredTable> => {
  const definition = await tableDefinition(person.api, id, signal);
  const { table } = definition;
  const rows = await person.rows(id);
  const { key, links: columns } = columnsOf(table, await person.junctions(table));
  const order = table.columns.find(({ uidt }) => uidt === 'Order');
  if (!key || !order) throw new Error('a table without key and order');
  const listing = { tableId: id, name: 'order', key, order };
  const ids = await collected(listingOrder(person.api, listing, signal), (batch) => batch);
  const links: StoredLink[] = [];
  for (const column of columns) {
    const link = linkReading(column, table, await person.api.table(linkTableId(column, table), signal));
    if (!link) throw new Error('links that cannot be read');
    links.push(
      ...(await collected(pages(person.api, link.reading, signal), (page) => page.rows)).map((row) =>
        linkPair(link, row),
      ),
    );
  }
  return tableInMemory({ base, definition, rows, ids, links });
};

export interface TargetOptions {
  readonly url: string;
  readonly token: string;
  readonly databaseUrl: string;
}

/** The target of a restore, through its API and its database. */
export const targetAt = ({ url, token, databaseUrl }: TargetOptions): Target => {
  const database: PostgresConnection = connectionFromUrl(databaseUrl);
  return new Target({
    ...{ NOCODB_API_URL: url, NOCODB_API_TOKEN: token, NOCODB_DATA_PATH: '/nowhere' },
    ...{ DATABASE_HOST: database.host, DATABASE_PORT: database.port, DATABASE_NAME: database.database },
    ...{ DATABASE_USER: database.user, DATABASE_PASSWORD: database.password },
  } as Target['config']);
};

export interface Attempt {
  readonly options?: Partial<RestoreOptions>;
  readonly scope?: PlannedWork['request']['scope'];
  /** Of an earlier attempt. */
  readonly plan?: Plan;
  readonly done?: Map<string, RestoreStepCompleted['data']>;
  readonly signal?: AbortSignal;
  readonly planOnly?: boolean;
  /** Hears of each step that is done. */
  readonly tell?: (step: RestoreStepCompleted['data']) => void;
}

export interface Restored {
  readonly plan: Plan;
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
}

const none = { force: false, dropOld: false, skipExisting: false, activateHooks: false };

const workOf = (backup: StoredBackup, attempt: Attempt) => {
  const options = { ...none, withAttachments: false, newIds: false, missing: false, ...attempt.options };
  const request = {
    ...{ restoreId: '2026-11-22_05-15-00', backupId: backup.id, source: 's', kind: 'records' as const },
    ...{ planOnly: false, scope: attempt.scope ?? {}, options, requestedBy: 'test' },
  };
  return { request, backup, attemptId: 'a', signal: attempt.signal ?? signal, progress: () => undefined };
};

/** One attempt at a restore: plan, and step after step; `done` hears of each. */
export const restored = async (
  target: Target,
  backup: StoredBackup,
  attempt: Attempt = {},
): Promise<Restored> => {
  const restoration: Restoration = new RecordsRestoration(target);
  const work = workOf(backup, attempt);
  const { restoreId } = work.request;
  const plan = attempt.plan ?? (await restoration.plan(work));
  const done = attempt.done ?? new Map<string, RestoreStepCompleted['data']>();
  const outcomes = new Map<string, StepOutcome>();
  for (const step of attempt.planOnly ? [] : plan.steps) {
    if (done.has(step.key)) continue;
    const outcome = await restoration.perform(step, { ...work, plan, done });
    outcomes.set(step.key, outcome);
    const fact = { restoreId, key: step.key, seconds: 0, ...outcome };
    done.set(step.key, fact);
    attempt.tell?.(fact);
  }
  return { plan, outcomes };
};
