import { type ExportPlanned, type PlannedBase, type PlannedTable } from '@nocodb-backup/events';
import type { Base, TableSummary } from '@nocodb-backup/nocodb';
import { uniqueIds, uniqueNames } from './unique-names.js';

export interface FoundBase {
  readonly base: Pick<Base, 'id' | 'title'>;
  readonly tables: readonly Pick<TableSummary, 'id' | 'title' | 'mm'>[];
}

export type Plan = Pick<ExportPlanned['data'], 'bases' | 'tables'>;

/**
 * Where each base and table goes, in folders named by their titles, or by their ids where names must tell nothing. Junction tables have
 * no place of their own: their rows are the links of other tables.
 */
export const planOf = (found: readonly FoundBase[], isSecret = false): Plan => {
  const namesOf = isSecret ? uniqueIds : uniqueNames;
  const folders = namesOf(found.map(({ base }) => base));
  const bases = found.map(({ base }) => plannedBase(base, folders));
  return {
    bases,
    tables: found.flatMap(({ base, tables }) => plannedTables(base.id, tables, { folders, namesOf })),
  };
};

type Names = ReadonlyMap<string, string>;

interface Naming {
  readonly folders: Names;
  readonly namesOf: typeof uniqueNames;
}

const plannedBase = ({ id, title }: FoundBase['base'], folders: Names): PlannedBase => ({
  baseId: id,
  title,
  folder: baseFolder(id, folders),
});

const plannedTables = (
  baseId: string,
  tables: FoundBase['tables'],
  { folders, namesOf }: Naming,
): PlannedTable[] => {
  const own = tables.filter(({ mm }) => !mm);
  const names = namesOf(own);
  return own.map(({ id, title }) => ({
    tableId: id,
    baseId,
    title,
    folder: `${baseFolder(baseId, folders)}/tables/${names.get(id) ?? id}`,
  }));
};

const baseFolder = (id: string, folders: Names): string => `bases/${folders.get(id) ?? id}`;
