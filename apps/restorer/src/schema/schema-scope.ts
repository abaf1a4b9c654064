import type { RestoreScope } from '@nocodb-backup/events';
import type { StoredBackup, StoredBase, StoredTable } from '@nocodb-backup/vault';
import { tablesInScope } from '../records/scope.js';
import { RefusedError } from '../refused-error.js';

/** A base of the backup, and which of its tables are wanted. */
export interface WantedBase {
  readonly base: StoredBase;
  readonly tables: readonly StoredTable[];
}

/** What is to be made. Throws a RefusedError when the scope names nothing, or several bases of one title. */
export const schemaScope = (backup: StoredBackup, scope: RestoreScope): readonly WantedBase[] => {
  if (backup.bases.length === 0)
    throw new RefusedError(
      `backup ${backup.id} holds no bases: it was made without the export over the API. ` +
        `Use restore-dump, if it holds a database dump: nocodb-backup show ${backup.id}`,
    );
  const tables = tablesInScope(backup, scope);
  const named = backup.bases.filter(
    ({ id, title }) => scope.base === undefined || [id, title].includes(scope.base),
  );
  refuseEqualTitles(named, scope);
  return named
    .map((base) => ({ base, tables: tables.filter((table) => table.base.id === base.id) }))
    .filter((wanted) => scope.table === undefined || wanted.tables.length > 0);
};

const refuseEqualTitles = (named: readonly StoredBase[], { base }: RestoreScope): void => {
  if (base === undefined || named.length < 2) return;
  const ids = named.map(({ id, tables }) => `${id} (${tables.length} tables)`);
  throw new RefusedError(
    `the backup has ${named.length} bases with the title "${base}": name the one that you mean by its id, ${ids.join(' or ')}`,
  );
};
