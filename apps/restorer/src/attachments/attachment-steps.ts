import type { PlannedStep } from '@nocodb-backup/events';
import type { StoredTable } from '@nocodb-backup/vault';

const prefix = 'attachments-';

/** A step for each table whose files are in the backup. `targetOf` gives the table's id on the target, null while there is none. */
export const attachmentSteps = (
  tables: readonly StoredTable[],
  targetOf: (table: StoredTable) => string | null,
): PlannedStep[] =>
  tables.filter(hasFiles).map((table) => ({
    key: `${prefix}${table.entry.id}`,
    title: `files of "${table.entry.title}" of base "${table.base.title}"`.slice(0, 300),
    action: `of ${table.entry.attachments.files} files upload and link what is missing`,
    target: targetOf(table),
    existing: null,
  }));

/** The table whose files the step is about; undefined for a step of another kind. */
export const tableOfAttachmentStep = (
  { key }: Pick<PlannedStep, 'key'>,
  tables: readonly StoredTable[],
): StoredTable | undefined => tables.find(({ entry }) => key === `${prefix}${entry.id}`);

/** The artifacts that the step needs; checking the list of files checks the files, too. */
export const attachmentSources = (tables: readonly StoredTable[]): readonly string[] =>
  tables.flatMap(({ paths }) => paths.attachments ?? []);

const hasFiles = ({ paths }: StoredTable): boolean => paths.attachments !== undefined;
