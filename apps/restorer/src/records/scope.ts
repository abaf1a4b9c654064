import type { RestoreScope } from '@nocodb-backup/events';
import type { StoredBackup, StoredTable } from '@nocodb-backup/vault';
import { RefusedError } from '../refused-error.js';

/** The tables of the backup that the scope names, by title or id. Throws a RefusedError that names what there is instead. */
export const tablesInScope = (
  backup: StoredBackup,
  { base, table }: RestoreScope,
): readonly StoredTable[] => {
  if (backup.bases.length === 0)
    throw new RefusedError(
      `backup ${backup.id} holds no bases: it was made without the export, or that failed`,
    );
  const bases = backup.bases.filter((one) => isNamed(one, base));
  if (bases.length === 0)
    throw new RefusedError(
      `backup ${backup.id} has no base "${base ?? ''}". Its bases: ${listed(backup.bases)}`,
    );
  const all = bases.flatMap(({ tables }) => tables);
  const tables = all.filter(({ entry }) => isNamed(entry, table));
  if (tables.length === 0 && table !== undefined)
    throw new RefusedError(
      `backup ${backup.id} has no table "${table}" in ${listed(bases)}. ` +
        `Its tables: ${listed(all.map(({ entry }) => entry))}`,
    );
  return tables;
};

interface Titled {
  readonly id: string;
  readonly title: string;
}

const isNamed = ({ id, title }: Titled, name: string | undefined): boolean =>
  name === undefined || id === name || title === name;

const mostNames = 30;

const listed = (things: readonly Titled[]): string => {
  const names = things.slice(0, mostNames).map(({ title, id }) => `"${title}" (${id})`);
  const more = things.length - names.length;
  if (names.length === 0) return 'none';
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
};
