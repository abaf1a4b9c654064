import type { StoredBackup, StoredTable } from '@nocodb-backup/vault';
import { z } from 'zod';
import { lengthOf } from './length-of.js';

/** A table whose records were counted. */
export interface CountedTable {
  readonly records: number;
}

interface Looking {
  /** Gets the table, once its records are counted. */
  readonly counted: CountedTable[];
  readonly signal: AbortSignal;
}

const Definition = z.looseObject({
  table: z.looseObject({}),
  views: z.array(z.unknown()),
  hooks: z.array(z.unknown()).nullable(),
});
const RecordId = z.union([z.string(), z.number()]);

/** What is wrong with an exported table: everything is parsed, and counted against the manifest. */
export const tableFindings = async (
  table: StoredTable,
  { format }: StoredBackup,
  { counted, signal }: Looking,
): Promise<string[]> => {
  const { entry, base, paths } = table;
  const name = `"${entry.title}" of base "${base.title}"`;
  const definition = Definition.safeParse(await table.definition());
  const records = await lengthOf(table.records(signal), signal);
  if (paths.records !== undefined) counted.push({ records });
  const found = {
    records,
    links: await lengthOf(table.links(signal), signal),
    ...(await attachedOf(table, signal)),
  };
  const { files, bytes, missing } = entry.attachments;
  const said = { records: entry.records, links: entry.links, files, bytes, missing };
  const foreign = await strangeIds(table, signal);
  return [
    ...(definition.success ? [] : [`${paths.schema ?? 'schema.json'} describes no table`]),
    ...(format === 'legacy' ? legacyDifferences(name, found, said) : differences(name, found, said)),
    ...(foreign > 0 ? [`${foreign} entries of ${paths.order ?? 'order.json.gz'} are no record ids`] : []),
  ];
};

type Figures = Readonly<Record<'records' | 'links' | 'files' | 'bytes' | 'missing', number>>;

const nouns: Readonly<Record<keyof Figures, string>> = {
  records: 'records',
  links: 'links',
  files: 'attached files',
  bytes: 'bytes of attached files',
  missing: 'attached files that were missing',
};

const differences = (name: string, found: Figures, said: Figures): string[] =>
  (Object.keys(nouns) as (keyof Figures)[])
    .filter((figure) => found[figure] !== said[figure])
    .map(
      (figure) => `${name}: ${found[figure]} ${nouns[figure]} are stored, the manifest says ${said[figure]}`,
    );

/** The Python tool counted records alone, and not always. */
const legacyDifferences = (name: string, found: Figures, said: Figures): string[] =>
  said.records === 0 ? [] : differences(name, { ...said, records: found.records }, said);

const attachedOf = async (table: StoredTable, signal: AbortSignal) => {
  const figures = { files: 0, bytes: 0, missing: 0 };
  for await (const file of table.attachments(signal)) {
    if ('missing' in file) figures.missing++;
    else {
      figures.files++;
      figures.bytes += file.bytes;
    }
  }
  return figures;
};

/** The order is read beside the records, so it may name others than these; ids they must be. */
const strangeIds = async (table: StoredTable, signal: AbortSignal): Promise<number> => {
  let strange = 0;
  for await (const id of table.order(signal)) if (!RecordId.safeParse(id).success) strange++;
  return strange;
};
