import type { NocoDb, TableSummary } from '@nocodb-backup/nocodb';
import type { StoredBackup, StoredTable } from '@nocodb-backup/vault';
import { type Matches, matched } from '../mapping/matched.js';
import { RefusedError } from '../refused-error.js';
import { nameOfTable } from './table-pair.js';

/** The id on the target by the id of the stored table. Throws a RefusedError when a table is not there, or cannot be told apart. */
export const foundTables = async (
  api: NocoDb,
  { backup, tables }: { readonly backup: StoredBackup; readonly tables: readonly StoredTable[] },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
  const bases = matched(backup.bases, await api.bases(signal));
  const found = new Map<string, string>();
  for (const base of backup.bases) {
    const there = bases.found.get(base.id);
    const wanted = tables.filter((table) => table.base.id === base.id);
    if (there === undefined || wanted.length === 0) continue;
    const present = (await api.tables(there.id, signal)).filter(({ mm }) => !mm);
    const inBase = matched(
      base.tables.map(({ entry }) => entry),
      present,
    );
    refuseAmbiguous('tables', inBase);
    for (const { entry } of wanted) note(found, entry.id, inBase.found.get(entry.id));
  }
  refuseAmbiguous('bases', wantedOnly(bases, tables));
  refuseMissing(
    tables.filter(({ entry }) => !found.has(entry.id)),
    backup,
  );
  return found;
};

const note = (found: Map<string, string>, id: string, there: TableSummary | undefined): void => {
  if (there !== undefined) found.set(id, there.id);
};

/** A title that nobody asked for may be ambiguous. */
const wantedOnly = (bases: Pick<Matches<never>, 'ambiguous'>, tables: readonly StoredTable[]) => ({
  ambiguous: new Map(
    [...bases.ambiguous].filter(([title]) => tables.some(({ base }) => base.title === title)),
  ),
});

const refuseAmbiguous = (what: string, { ambiguous }: Pick<Matches<never>, 'ambiguous'>): void => {
  const [first] = ambiguous;
  if (first === undefined) return;
  const [title, ids] = first;
  throw new RefusedError(
    `the target has ${ids.length} ${what} with the title "${title}" (${ids.join(', ')}), and the backup has another number of ` +
      `them, so that nobody can tell which is which: rename or delete those that are not meant`,
  );
};

const mostNames = 30;

const refuseMissing = (missing: readonly StoredTable[], backup: StoredBackup): void => {
  if (missing.length === 0) return;
  const names = missing.slice(0, mostNames).map(nameOfTable);
  const more = missing.length - names.length;
  throw new RefusedError(
    `the target does not have ${names.join(', ')}${more > 0 ? ` and ${more} more tables` : ''}. ` +
      `Make them first: nocodb-backup restore-schema ${backup.id}`,
  );
};
