import type { RestoreScope } from '@nocodb-backup/events';
import type { StoredBackup, StoredBase, StoredTable } from '@nocodb-backup/vault';
import { RefusedError } from './refused-error.js';

/** A base of the backup, and which of its tables are wanted. */
export interface WantedBase {
  readonly base: StoredBase;
  readonly tables: readonly StoredTable[];
}

/**
 * The bases and tables of the backup that the scope names, by title or id. Throws a RefusedError that names what there is instead,
 * also where several bases have the title.
 */
export const wantedBases = (backup: StoredBackup, scope: RestoreScope): readonly WantedBase[] => {
  if (backup.bases.length === 0)
    throw new RefusedError(
      `backup ${backup.id} holds no bases: it was made without the export over the API. ` +
        `Use restore-dump, if it holds a database dump: nocodb-backup show ${backup.id}`,
    );
  const named = backup.bases.filter((base) => isNamed(base, scope.base));
  if (named.length === 0)
    throw new RefusedError(
      `backup ${backup.id} has no base "${scope.base ?? ''}". Its bases: ${listed(backup.bases)}`,
    );
  refuseEqualTitles(named, scope);
  const wanted = named
    .map((base) => ({ base, tables: base.tables.filter(({ entry }) => isNamed(entry, scope.table)) }))
    .filter(({ tables }) => scope.table === undefined || tables.length > 0);
  if (wanted.length > 0) return wanted;
  const there = named.flatMap(({ tables }) => tables.map(({ entry }) => entry));
  throw new RefusedError(
    `backup ${backup.id} has no table "${scope.table ?? ''}" in ${listed(named)}. Its tables: ${listed(there)}`,
  );
};

/** The same as one list of tables. */
export const tablesInScope = (backup: StoredBackup, scope: RestoreScope): readonly StoredTable[] =>
  wantedBases(backup, scope).flatMap(({ tables }) => tables);

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

const refuseEqualTitles = (named: readonly StoredBase[], { base }: RestoreScope): void => {
  if (base === undefined || named.length < 2) return;
  const ids = named.map(({ id, tables }) => `${id} (${tables.length} tables)`);
  throw new RefusedError(
    `the backup has ${named.length} bases with the title "${base}": name the one that you mean by its id, ${ids.join(' or ')}`,
  );
};
