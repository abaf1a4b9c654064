import { columnsOf, NocoDb, pages, type Row } from '@nocodb-backup/nocodb';

export type Json = Readonly<Record<string, unknown>>;
const signal = AbortSignal.timeout(600_000);

export interface TableAnswer {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly { readonly id: string; readonly title: string }[];
}

/** NocoDB as a person with an API token uses it. */
export class Person {
  readonly api: NocoDb;

  constructor(
    readonly url: string,
    readonly token: string,
  ) {
    this.api = new NocoDb({ url, token });
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'xc-token': this.token, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  async base(title: string): Promise<string> {
    return (await this.call<{ id: string }>('POST', '/api/v2/meta/bases', { title })).id;
  }

  async table(base: string, title: string, columns: readonly Json[]): Promise<TableAnswer> {
    const named = columns.map((column) => ({ column_name: String(column.title).toLowerCase(), ...column }));
    const body = { title, table_name: title.toLowerCase(), columns: named };
    return this.call('POST', `/api/v2/meta/bases/${base}/tables`, body);
  }

  async link(from: TableAnswer, to: TableAnswer, [title, type, version]: readonly [string, string, number]) {
    const uidt = 'Links';
    const [parentId, childId] = type === 'bt' ? [to.id, from.id] : [from.id, to.id];
    const body = { title, uidt, type, version, parentId, childId };
    return this.call<TableAnswer>('POST', `/api/v2/meta/tables/${from.id}/columns`, body);
  }

  async insert(table: TableAnswer, rows: readonly Json[]): Promise<void> {
    for (let at = 0; at < rows.length; at += 100)
      await this.call('POST', `/api/v2/tables/${table.id}/records`, rows.slice(at, at + 100));
  }

  async rows(tableId: string): Promise<readonly Row[]> {
    const table = await this.api.table(tableId, signal);
    const { keys, stored, computed } = columnsOf(table, await this.junctions(table));
    const reading = { tableId, name: 'rows', fields: [...stored, ...computed], key: keys };
    return collected(pages(this.api, reading, signal), ({ rows }) => rows);
  }

  async junctions(table: Json): Promise<ReadonlySet<string>> {
    const tables = await this.api.tables(String(table.base_id), signal);
    return new Set(tables.filter(({ mm }) => mm).map(({ id }) => id));
  }
}

/** All items of a paged answer. */
export const collected = async <T, R>(
  items: AsyncIterable<T>,
  of: (item: T) => readonly R[],
): Promise<R[]> => {
  const all: R[] = [];
  for await (const item of items) all.push(...of(item));
  return all;
};
