import type { StoredTable } from '@nocodb-backup/vault';
import type { PlannedWork } from '../restoration.js';
import type { Target } from '../target.js';
import { foreignKeys } from './foreign-keys.js';
import { type IdIndex, idIndex } from './id-index.js';
import { stepOf } from './record-plan.js';
import { type BatchLimit, presentIds, type RecordTarget } from './record-target.js';
import { nothingReserved, type Reserved, reservedIn } from './reserved.js';
import type { LinkSide, LinkTask } from './restore-links.js';
import { newIdOf, type RecordTask, storedIds } from './restore-records.js';
import { keyOf, orderOf, type TablePair, tablePair } from './table-pair.js';

export interface OpenTable {
  readonly pair: TablePair;
  /** Undefined when the records have no ids, in the backup or on the target. */
  readonly place: RecordTarget | undefined;
}

/** More than NocoDB takes by an API token, so that its refusal tells how many it takes. */
const firstLimit = 1000;

/** The tables of one restore, and what an attempt has learnt of them. */
export class RecordTables {
  readonly limit: BatchLimit = { size: firstLimit };
  readonly #sides = new Map<string, Promise<LinkSide>>();

  constructor(private readonly target: Target) {}

  async open(stored: StoredTable, { plan, signal }: PlannedWork): Promise<OpenTable> {
    const step = plan.steps.find(({ key }) => key === `${stepOf.records}${stored.entry.id}`);
    const { target } = this;
    const pair = await tablePair(target.api, { stored, tableId: step?.target ?? '' }, signal);
    const key = keyOf(pair.to);
    if (key === undefined || keyOf(pair.from) === undefined) return { pair, place: undefined };
    return { pair, place: { target, table: pair.to, key, limit: this.limit, signal } };
  }

  /** How the records of the table are put back; undefined when they have no ids. */
  async task(stored: StoredTable, work: PlannedWork): Promise<RecordTask | undefined> {
    const { pair, place } = await this.open(stored, work);
    if (place === undefined) return undefined;
    const users = await this.target.api.baseUsers(String(pair.to.base_id), work.signal);
    return {
      pair,
      place,
      pointers: await this.#pointers(pair, work),
      emails: new Set(users.map(({ email }) => email.toLowerCase())),
      mode: modeOf(work),
      reserved: reservedFor(stored, work),
      existing:
        work.plan.steps.find(({ key }) => key === `${stepOf.records}${stored.entry.id}`)?.existing ?? 0,
    };
  }

  async #pointers(pair: TablePair, work: PlannedWork): Promise<RecordTask['pointers']> {
    const pointers = [];
    for (const { from, to, parentId } of foreignKeys(pair)) {
      const stored = plannedTables(work).find(({ entry }) => entry.id === parentId);
      if (stored === undefined) continue;
      const parent = await this.open(stored, work);
      const known = await storedIds(parent.pair, work.signal);
      const placed = newIdOf({ mode: modeOf(work), reserved: reservedFor(stored, work) }, known);
      pointers.push({ from, to, idOf: (id: unknown) => (known.has(id) ? placed(id) : undefined) });
    }
    return pointers;
  }

  /** Both sides of links. A table outside of the restore is as it is. Read once: after the records, nothing is inserted. */
  sides(tables: readonly StoredTable[], work: PlannedWork): LinkTask['sideOf'] {
    return (storedId, targetId) => {
      const stored = tables.find(({ entry }) => entry.id === storedId);
      const side =
        this.#sides.get(targetId) ?? (stored ? this.#restored(stored, work) : this.#outside(targetId, work));
      this.#sides.set(targetId, side);
      return side;
    };
  }

  async #restored(stored: StoredTable, work: PlannedWork): Promise<LinkSide> {
    const { pair, place } = await this.open(stored, work);
    if (place === undefined) return nowhere();
    const setting = { mode: modeOf(work), reserved: reservedFor(stored, work) };
    const ids = await presentIds(place);
    const known = await storedIds(pair, work.signal);
    const idOf = newIdOf(setting, known);
    return { ids, restored: await restoredIds({ ...setting, place, ids, size: known.size }), idOf };
  }

  async #outside(tableId: string, { signal }: PlannedWork): Promise<LinkSide> {
    const table = await this.target.api.table(tableId, signal);
    const key = keyOf(table);
    if (key === undefined) return nowhere();
    const ids = await presentIds({ target: this.target, table, key, signal });
    return { ids, restored: await idIndex([]), idOf: (id) => id };
  }
}

interface Restored {
  readonly mode: RecordTask['mode'];
  readonly reserved: Reserved;
  readonly place: RecordTarget;
  readonly ids: IdIndex;
  readonly size: number;
}

/** A table that was empty holds what this restore has put there. */
const restoredIds = async ({ mode, reserved, place, ids, size }: Restored): Promise<IdIndex> => {
  if (mode === 'original') return ids;
  const { firstId, after } = reserved;
  if (mode === 'new')
    return presentIds(place, `(${place.key.id},gte,${firstId})~and(${place.key.id},lt,${firstId + size})`);
  const order = orderOf(place.table);
  return order ? presentIds(place, `(${order.id},gt,${after})`) : ids;
};

const nowhere = async (): Promise<LinkSide> => {
  const none = await idIndex([]);
  return { ids: none, restored: none, idOf: () => undefined };
};

/** The tables whose records the plan puts back. */
export const plannedTables = ({ backup, plan }: PlannedWork): readonly StoredTable[] => {
  const keys = new Set(plan.steps.map(({ key }) => key));
  return backup.bases
    .flatMap(({ tables }) => tables)
    .filter(({ entry }) => keys.has(`${stepOf.records}${entry.id}`));
};

const modeOf = ({ request: { options } }: PlannedWork): RecordTask['mode'] => {
  if (options.newIds) return 'new';
  return options.missing ? 'missing' : 'original';
};

const reservedFor = ({ entry }: StoredTable, work: PlannedWork): Reserved =>
  modeOf(work) === 'original' ? nothingReserved : reservedIn(work.done.get(`${stepOf.ids}${entry.id}`));
