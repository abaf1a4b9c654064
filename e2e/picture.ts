import { createHash } from 'node:crypto';
import type { Api, Row, Table } from './api.js';
import { comparable } from './stored.js';

/** Everything that a NocoDB shows of one table, with its ids: two pictures are equal, or something is lost. */
export interface TablePicture {
  readonly base: string;
  readonly definition: string;
  readonly count: number;
  readonly rows: readonly string[];
  /** Of each attached file, as it is handed out. */
  readonly files: readonly string[];
}

/** All tables of all bases, junction tables too. */
export const pictureOf = async (api: Api): Promise<TablePicture[]> => {
  const pictures: TablePicture[] = [];
  for (const { id, title } of await api.bases())
    for (const table of await api.tables(id)) pictures.push(await pictureOfTable(api, title, table));
  return pictures;
};

const pictureOfTable = async (api: Api, base: string, table: Table): Promise<TablePicture> => {
  const key = table.columns.find(({ pk }) => pk === true) ?? table.columns[0];
  const rows = await api.rows(`/api/v2/tables/${table.id}/records?sort=${key?.id ?? ''}`);
  return {
    base,
    definition: JSON.stringify([table.id, table.title, table.columns.map(({ id, title }) => [id, title])]),
    count: await api.count(table.id),
    rows: rows.map(comparable),
    files: await filesOf(api, table, rows),
  };
};

/** `record, title, digest` of every file in the records' cells. */
export const filesOf = async (
  api: Api,
  { columns }: Pick<Table, 'columns'>,
  rows: readonly Row[],
): Promise<string[]> => {
  const files: string[] = [];
  const titles = columns.filter(({ uidt }) => uidt === 'Attachment').map(({ title }) => title);
  for (const row of rows)
    for (const title of titles)
      for (const file of (row[title] ?? []) as Record<string, unknown>[])
        files.push(`${String(row.Id)} ${String(file.title)} ${await digestOf(api, file)}`);
  return files;
};

const digestOf = async ({ url }: Api, { signedPath, path }: Record<string, unknown>): Promise<string> => {
  const response = await fetch(`${url}/${String(signedPath ?? path)}`);
  if (!response.ok) return `HTTP ${response.status}`;
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
};
