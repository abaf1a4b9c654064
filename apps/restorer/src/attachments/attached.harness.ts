import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '@nocodb-backup/nocodb';
import type { BackedUpTable } from './vault.harness.js';

type Json = Readonly<Record<string, unknown>>;
/** Title and content of a file. */
export type TextFile = readonly [title: string, content: string];
/** The files of a record by the title of the column. */
export type Cells = Readonly<Record<string, readonly TextFile[]>>;

export interface Entry extends Json {
  readonly title: string;
  readonly path: string;
  readonly signedPath: string;
}

/** Works in NocoDB as people do: with files in cells. */
export class Desk {
  base = '';

  constructor(
    readonly server: { readonly url: string; readonly dataDir: string },
    private readonly session: string,
  ) {}

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: { 'xc-auth': this.session, ...(isForm ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  /** A table with the records, whose ids are 1, 2 ... */
  async table(title: string, records: readonly Cells[]): Promise<Table> {
    this.base ||= (await this.call<{ id: string }>('POST', '/api/v2/meta/bases', { title: 'Attached' })).id;
    const columns = [
      { title: 'Id', column_name: 'id', uidt: 'ID' },
      { title: 'Files', column_name: 'files', uidt: 'Attachment' },
      { title: 'More, too', column_name: 'more', uidt: 'Attachment' },
    ];
    const body = { title, table_name: title.replace(/\W/g, '_'), columns };
    const table = await this.call<Table>('POST', `/api/v2/meta/bases/${this.base}/tables`, body);
    const rows = [];
    for (const cells of records) rows.push(await this.uploaded(cells));
    await this.call('POST', `/api/v2/tables/${table.id}/records`, rows);
    return table;
  }

  async upload([title, content]: TextFile): Promise<Json> {
    const form = new FormData();
    form.append('file', new Blob([content], { type: 'text/plain' }), title);
    const [file] = await this.call<Json[]>('POST', '/api/v2/storage/upload?path=noco/desk', form);
    return { ...file, title };
  }

  async set(table: Table, record: number, column: string, entries: unknown): Promise<void> {
    await this.call('PATCH', `/api/v2/tables/${table.id}/records`, [{ Id: record, [column]: entries }]);
  }

  async entries(table: Table, record: number, column = 'Files'): Promise<readonly Entry[]> {
    const row = await this.call<Record<string, Entry[] | null>>(
      'GET',
      `/api/v2/tables/${table.id}/records/${record}`,
    );
    return row[column] ?? [];
  }

  /** What people see: the files of a cell in their order, each with what it holds, or the status of the answer. */
  async seen(
    table: Table,
    record: number,
    column = 'Files',
  ): Promise<readonly (readonly [string, string | number])[]> {
    const files = [];
    for (const { title, signedPath } of await this.entries(table, record, column)) {
      const path = signedPath.split('/').map(encodeURIComponent).join('/');
      const answer = await fetch(`${this.server.url}/${path}`);
      const text = await answer.text();
      files.push([title, answer.ok ? text : answer.status] as const);
    }
    return files;
  }

  /** As after a restore of the database alone: the records name files that are not there. */
  async loseFiles(): Promise<void> {
    await rm(join(this.server.dataDir, 'nc', 'uploads'), { recursive: true, force: true });
  }

  /** How many files NocoDB has stored. */
  async stored(): Promise<number> {
    const all = await readdir(join(this.server.dataDir, 'nc', 'uploads'), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    return all.filter((entry) => entry.isFile()).length;
  }

  /** What a backup of the table is to hold when it holds all of it. */
  backedUp(table: Table, records: readonly Cells[]): BackedUpTable {
    const columnOf = (title: string) => table.columns.find((column) => column.title === title)?.id ?? '';
    const files = records.flatMap((cells, at) =>
      Object.entries(cells).flatMap(([title, own]) =>
        own.map(([name, content], index) => ({
          record: at + 1,
          column: columnOf(title),
          index,
          title: name,
          content: Buffer.from(content),
        })),
      ),
    );
    return { base: { id: this.base, title: 'Attached' }, table, files };
  }

  private async uploaded(cells: Cells): Promise<Json> {
    const row: Record<string, unknown> = {};
    for (const [column, files] of Object.entries(cells)) {
      const entries = [];
      for (const file of files) entries.push(await this.upload(file));
      row[column] = entries;
    }
    return row;
  }
}
