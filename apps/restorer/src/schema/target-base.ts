import type { Column, NocoDb, Table } from '@nocodb-backup/nocodb';
import { type ColumnPairs, columnPairs } from '../mapping/column-pairs.js';

interface Prefixes {
  readonly before: string;
  readonly now: string;
}

interface Opening {
  readonly id: string;
  readonly title: string;
  /** What NocoDB put before the names of tables in the database, and what it puts there now. */
  readonly prefixes: Prefixes;
  /** The ids, in the backup, of databases of others whose tables the base showed. */
  readonly foreign: ReadonlySet<string>;
  /** The tables of the base in the backup. */
  readonly stored: ReadonlyMap<string, Table>;
  /** The ids of those that are on the target, by their id in the backup. */
  readonly tableIds: ReadonlyMap<string, string>;
}

/** A base on the target, and what of the backup is there. It remembers what NocoDB answered, so that nothing is asked for twice. */
export class TargetBase {
  readonly id: string;
  readonly title: string;
  readonly prefixes: Prefixes;
  readonly foreign: ReadonlySet<string>;
  readonly stored: ReadonlyMap<string, Table>;
  readonly #tableIds: Map<string, string>;
  readonly #tables = new Map<string, Table>();
  readonly #pairs = new WeakMap<Table, ColumnPairs>();
  /** Which table of the backup a column is of. */
  readonly #owners = new Map<string, string>();

  constructor(
    private readonly api: NocoDb,
    { id, title, prefixes, foreign, stored, tableIds }: Opening,
  ) {
    this.id = id;
    this.title = title;
    this.prefixes = prefixes;
    this.foreign = foreign;
    this.stored = stored;
    this.#tableIds = new Map(tableIds);
    for (const table of stored.values())
      for (const column of table.columns) this.#owners.set(column.id, table.id);
  }

  /** The target's table of a table of the backup; undefined when it is not there. */
  async table(storedId: string, signal: AbortSignal): Promise<Table | undefined> {
    const id = this.#tableIds.get(storedId);
    if (id === undefined) return undefined;
    return this.#tables.get(id) ?? this.fresh(storedId, signal);
  }

  /** The same, asked for again. */
  async fresh(storedId: string, signal: AbortSignal): Promise<Table | undefined> {
    const id = this.#tableIds.get(storedId);
    return id === undefined ? undefined : this.keep(storedId, await this.api.table(id, signal));
  }

  /** Remembers what NocoDB just answered. */
  keep(storedId: string, table: Table): Table {
    this.#tableIds.set(storedId, table.id);
    this.#tables.set(table.id, table);
    return table;
  }

  has(storedId: string): boolean {
    return this.#tableIds.has(storedId);
  }

  /** The table of the backup that a column of the backup is in. */
  ownerOf(storedColumnId: string): Table | undefined {
    return this.stored.get(this.#owners.get(storedColumnId) ?? '');
  }

  /** Which column of the target is which of the backup. */
  async pairs(storedId: string, signal: AbortSignal): Promise<ColumnPairs['pairs']> {
    const [stored, target] = [this.stored.get(storedId), await this.table(storedId, signal)];
    if (!stored || !target) return new Map();
    const known = this.#pairs.get(target) ?? columnPairs(stored, target);
    this.#pairs.set(target, known);
    return known.pairs;
  }

  /** The target's column of a column of the backup, in whichever table of the base it is. */
  async column(storedColumnId: unknown, signal: AbortSignal): Promise<Column | undefined> {
    if (typeof storedColumnId !== 'string') return undefined;
    const owner = this.#owners.get(storedColumnId);
    return owner === undefined ? undefined : (await this.pairs(owner, signal)).get(storedColumnId);
  }
}
