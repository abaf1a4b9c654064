import { PermanentError } from '@nocodb-backup/events';
import { StoredDefinition, type Table } from '@nocodb-backup/nocodb';
import type { StoredTable } from '@nocodb-backup/vault';
import { nameOfTable } from '../records/table-pair.js';

/** The definition of a table with its views and webhooks. Rejects with PermanentError when it cannot be used. */
export const definitionOf = async (stored: StoredTable): Promise<StoredDefinition> => {
  const definition = StoredDefinition.safeParse(await stored.definition());
  if (definition.success) return definition.data;
  const [issue] = definition.error.issues;
  throw new PermanentError(
    `the definition of ${nameOfTable(stored)} in the backup (${stored.paths.schema ?? 'schema.json'}) cannot be used: ` +
      `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
};

/** Whether the backup holds the definition of the table: a table that could not be exported has none. */
export const isDefined = ({ paths }: StoredTable): boolean => paths.schema !== undefined;

/** The tables of a base of the backup, without what NocoDB lists twice or works out anew: kept while the base is made. */
export const tablesOf = async (tables: readonly StoredTable[]): Promise<ReadonlyMap<string, Table>> => {
  const found = new Map<string, Table>();
  for (const stored of tables.filter(isDefined)) {
    const { table } = await definitionOf(stored);
    found.set(table.id, { ...table, columnsById: undefined, views: undefined });
  }
  return found;
};
