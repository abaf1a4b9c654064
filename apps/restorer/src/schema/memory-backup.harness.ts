import type { RestoreRequested } from '@nocodb-backup/events';
import { type NocoDb, type NocoDbWriter, type TableDefinition, tableDefinition } from '@nocodb-backup/nocodb';
import type { StoredBackup, StoredBase } from '@nocodb-backup/vault';
import type { Plan, PlannedWork, StepOutcome } from '../restoration.js';
import { RestoreSchema } from './restore-schema.js';

type Loose = Record<string, unknown>;

/** A base as a backup holds it. */
export interface HeldBase {
  readonly base: Loose & { readonly id: string; readonly title: string };
  readonly tables: readonly TableDefinition[];
}

/** What a backup would hold of the base now. */
export const heldBase = async (api: NocoDb, baseId: string, signal: AbortSignal): Promise<HeldBase> => {
  const base = await api.baseDetail(baseId, signal);
  const tables: TableDefinition[] = [];
  for (const { id, mm } of await api.tables(baseId, signal))
    if (!mm) tables.push(await tableDefinition(api, id, signal));
  return { base, tables };
};

/** The same base as if it had been of another NocoDB: its own id and title are new, wherever they stand. */
export const estranged = (held: HeldBase, title: string): HeldBase => {
  const { id } = held.base;
  const other = `x${id.slice(1)}`;
  const copy = JSON.parse(JSON.stringify(held).replaceAll(id, other)) as HeldBase;
  return { ...copy, base: { ...copy.base, title } };
};

export const memoryBackup = (bases: readonly HeldBase[]): StoredBackup => ({
  id: '2026-02-05_05-15-00',
  format: '2.0',
  manifest: { artifacts: [] } as unknown as StoredBackup['manifest'],
  bases: bases.map(storedBase),
  open: () => Promise.reject(new Error('holds no bytes')),
  verify: () => Promise.resolve(),
});

const storedBase = ({ base, tables }: HeldBase): StoredBase => {
  const named = { id: base.id, title: base.title, folder: `bases/${base.id}` };
  return {
    ...named,
    metadata: () => Promise.resolve({ base }),
    tables: tables.map((definition) => ({
      entry: {
        id: definition.table.id,
        title: definition.table.title,
        folder: `${named.folder}/tables/${definition.table.id}`,
        status: 'complete',
        records: 0,
        links: 0,
        attachments: { files: 0, bytes: 0, missing: 0 },
      },
      base: named,
      paths: { schema: `${named.folder}/tables/${definition.table.id}/schema.json` },
      definition: () => Promise.resolve(JSON.parse(JSON.stringify(definition)) as unknown),
      records: none,
      order: none,
      links: none,
      attachments: none,
    })),
  };
};

async function* none() {
  await Promise.resolve();
  yield* [];
}

type Request = RestoreRequested['data'];
type Options = Partial<Request['options']>;

const requestOf = (backup: StoredBackup, scope: Request['scope'], options: Options): Request => ({
  restoreId: '2026-11-22_05-15-00',
  backupId: backup.id,
  source: 's',
  kind: 'schema',
  scope,
  options: {
    force: false,
    dropOld: false,
    skipExisting: false,
    activateHooks: false,
    withAttachments: false,
    newIds: false,
    missing: false,
    ...options,
  },
  planOnly: false,
  requestedBy: 'test',
});

export interface Target {
  readonly api: NocoDb;
  readonly writer: NocoDbWriter;
  readonly patienceMs?: number;
}

/** A restore that can be cut off and goes on later, with what was recorded until then. */
export class Restore {
  plan: Plan | undefined;
  readonly done = new Map<string, PlannedWork['done'] extends ReadonlyMap<string, infer D> ? D : never>();
  readonly outcomes: StepOutcome[] = [];

  constructor(
    readonly backup: StoredBackup,
    readonly scope: Request['scope'] = {},
    readonly options: Options = {},
  ) {}

  /** One attempt. */
  async run(target: Target, signal: AbortSignal): Promise<void> {
    const restoration = new RestoreSchema(target, target.patienceMs);
    const { backup, done } = this;
    const request = requestOf(backup, this.scope, this.options);
    const work = { request, backup, attemptId: 'a', signal, progress: () => undefined };
    this.plan ??= await restoration.plan(work);
    const planned: PlannedWork = { ...work, plan: this.plan, done };
    for (const step of this.plan.steps) {
      if (done.has(step.key)) continue;
      const outcome = await restoration.perform(step, planned);
      this.outcomes.push(outcome);
      done.set(step.key, { restoreId: request.restoreId, key: step.key, seconds: 0, ...outcome });
    }
  }

  get leftOut() {
    return this.outcomes.flatMap(({ leftOut }) => leftOut);
  }
}
