import type { Manifest } from '@nocodb-backup/backup';
import type { StoredTable } from '../stored-backup.js';
import type { Claim } from './claims.js';
import type { LegacyFolder } from './legacy-folder.js';
import { attachmentColumns, type LegacySchema } from './legacy-schema.js';

/** A table of an old backup, with what lies there of it. */
export interface FoundTable extends Claim {
  /** Undefined when the folder is not this table's. */
  readonly schema: LegacySchema | undefined;
  readonly entry: Manifest['parts']['export']['bases'][number]['tables'][number];
  readonly paths: StoredTable['paths'];
  /** What is not there, a sentence each. */
  readonly lacks: readonly string[];
}

/** Judges by its `schema.json` (or the reason why there is none) whether the folder holds this table, and how much of it. */
export const foundTable = (
  claim: Claim,
  schema: LegacySchema | string,
  content: LegacyFolder,
): FoundTable => {
  const absence = absenceOf(claim, schema);
  if (typeof schema === 'string' || absence !== undefined)
    return { ...claim, schema: undefined, entry: entryOf(claim, 'failed'), paths: {}, lacks: absence ?? [] };
  const paths = pathsOf(claim, schema, content);
  const lacks = [...lacksOf(claim, paths), ...attachmentLacks(claim, schema, content)];
  const entry = entryOf(claim, lacks.length > 0 ? 'partial' : 'complete');
  const attachments = { ...(content.attached.get(claim.folder) ?? NO_FILES), missing: 0 };
  return { ...claim, schema, entry: { ...entry, attachments }, paths, lacks };
};

const NO_FILES = { files: 0, bytes: 0 };

const nameOf = ({ table, base }: Claim): string => `table "${table.title}" of base "${base.title}"`;

const absenceOf = (claim: Claim, schema: LegacySchema | string): string[] | undefined => {
  if (typeof schema === 'string') return [`${nameOf(claim)}: ${schema}`];
  if (schema.id === claim.table.id || (schema.id === undefined && !claim.isShared)) return undefined;
  const owner = schema.id === undefined ? 'a table without an id' : `table ${schema.id}`;
  return [
    `${nameOf(claim)}: the older tool wrote ${owner} to the same folder ${claim.folder}, and so overwrote this one`,
  ];
};

const entryOf = ({ table, folder }: Claim, status: FoundTable['entry']['status']): FoundTable['entry'] => ({
  id: table.id,
  title: table.title,
  folder,
  status,
  records: status === 'failed' ? 0 : (table.records_count ?? 0),
  links: 0,
  attachments: { ...NO_FILES, missing: 0 },
});

const pathsOf = (claim: Claim, schema: LegacySchema, { files }: LegacyFolder): FoundTable['paths'] => {
  const { folder } = claim;
  const records = [`${folder}/records.json.gz`, `${folder}/records.json`].find((path) => files.has(path));
  return {
    schema: `${folder}/schema.json`,
    ...(records !== undefined && !isOfAnother(claim) ? { records } : {}),
    ...(records !== undefined && !isOfAnother(claim) && attachmentColumns(schema).length > 0
      ? { attachments: `${folder}/attachments` }
      : {}),
  };
};

/** Records without a count were not read without an error: in a shared folder they may be those of the other table. */
const isOfAnother = ({ isShared, table }: Claim): boolean =>
  isShared && typeof table.records_count !== 'number';

const lacksOf = (claim: Claim, { records }: FoundTable['paths']): string[] => {
  const { records_count: count } = claim.table;
  if (records !== undefined || count === 0) return [];
  if (isOfAnother(claim)) return [`${nameOf(claim)}: it cannot be told whose records lie in ${claim.folder}`];
  return typeof count === 'number' ? [`${nameOf(claim)}: its ${count} records are not there`] : [];
};

/** A table with attachment fields may have no attachment; but the older tool lost those of NocoDB's own store without a word. */
const attachmentLacks = (claim: Claim, schema: LegacySchema, { attached }: LegacyFolder): string[] => {
  const titles = attachmentColumns(schema).map(({ title }) => `"${title}"`);
  if (titles.length === 0 || attached.has(claim.folder) || claim.table.records_count === 0) return [];
  return [
    `${nameOf(claim)}: no file of its attachment fields (${titles.join(', ')}) was exported; if there were any, they may lie in nocodb-data.tar.gz`,
  ];
};
