import type { PlannedStep } from '@nocodb-backup/events';
import type { StoredTable } from '@nocodb-backup/vault';
import { nameOfTable } from '../records/table-pair.js';

const prefix = 'attachments-';

/** A step for each table whose files are in the backup. `targetOf` gives the table's id on the target, null while there is none. */
export const attachmentSteps = (
  tables: readonly StoredTable[],
  targetOf: (table: StoredTable) => string | null,
): PlannedStep[] =>
  tables.filter(hasFiles).map((table) => ({
    key: `${prefix}${table.entry.id}`,
    title: `files of ${nameOfTable(table)}`.slice(0, 300),
    action: `upload and link what is missing of ${table.entry.attachments.files} files`,
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
  tables
    .filter(hasFiles)
    .flatMap(({ paths }) => [paths.schema, paths.attachments].filter((path) => path !== undefined));

/** Of a backup with lists of files it is known that a table has none, nor lacks any. */
const hasFiles = ({ paths, entry }: StoredTable): boolean =>
  paths.attachments !== undefined &&
  (entry.attachments.files + entry.attachments.missing > 0 || !paths.attachments.endsWith('.json.gz'));
