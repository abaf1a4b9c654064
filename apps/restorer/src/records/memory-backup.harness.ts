import type { Manifest } from '@nocodb-backup/backup';
import type { Row } from '@nocodb-backup/nocodb';
import type { StoredBackup, StoredLink, StoredTable } from '@nocodb-backup/vault';

async function* listed<T>(items: readonly T[]) {
  for (const item of items) yield await Promise.resolve(item);
}

/** What a table in memory holds. */
export interface Contents {
  readonly base: { readonly id: string; readonly title: string };
  readonly definition: { readonly table: { readonly id: string; readonly title: string } };
  readonly rows: readonly Row[];
  readonly ids: readonly unknown[];
  readonly links: readonly StoredLink[];
}

/** A table of a backup, without a vault. */
export const tableInMemory = ({ base, definition, rows, ids, links }: Contents): StoredTable => ({
  entry: {
    ...{
      id: definition.table.id,
      title: definition.table.title,
      folder: definition.table.id,
      status: 'complete',
    },
    ...{ records: rows.length, links: links.length, attachments: { files: 0, bytes: 0, missing: 0 } },
  },
  base: { id: base.id, title: base.title, folder: base.id },
  paths: { schema: 's', records: 'r', order: 'o', ...(links.length > 0 && { links: 'l' }) },
  definition: () => Promise.resolve(definition),
  records: () => listed(rows),
  order: () => listed(ids),
  links: () => listed(links),
  attachments: () => listed([]),
});

/** A backup of the tables of one base, without a vault. */
export const backupInMemory = (tables: readonly StoredTable[]): StoredBackup => {
  const base = tables[0]?.base ?? { id: 'b', title: 'B', folder: 'b' };
  return {
    id: '2026-01-01_00-00-00',
    format: '2.0',
    manifest: {} as Manifest,
    bases: [{ ...base, tables, metadata: () => Promise.resolve({}) }],
    open: () => Promise.reject(new Error('in memory')),
    verify: () => Promise.resolve(),
  };
};

/** The backup as text, for another process. */
export const textOf = async ({ bases }: StoredBackup): Promise<string> => {
  const signal = AbortSignal.timeout(10_000);
  const contents = [];
  for (const table of bases.flatMap(({ tables }) => tables))
    contents.push({
      base: table.base,
      definition: await table.definition(),
      rows: await Array.fromAsync(table.records(signal)),
      ids: await Array.fromAsync(table.order(signal)),
      links: await Array.fromAsync(table.links(signal)),
    });
  return JSON.stringify(contents);
};

export const backupFrom = (text: string): StoredBackup =>
  backupInMemory((JSON.parse(text) as Contents[]).map(tableInMemory));
