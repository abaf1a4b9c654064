type Json = Readonly<Record<string, unknown>>;
interface Titled {
  readonly id: string;
  readonly title: string;
}
export interface TableAnswer extends Titled {
  readonly columns: readonly (Titled & { readonly uidt: string })[];
}

/** Writes to NocoDB as the admin, whose session may insert any number of rows at once. */
export class Admin {
  constructor(
    readonly url: string,
    private readonly session: string,
  ) {}

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { 'xc-auth': this.session, ...(isForm ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }

  async base(title: string): Promise<string> {
    return (await this.call<Titled>('POST', '/api/v2/meta/bases', { title })).id;
  }

  async table(base: string, title: string, columns: readonly Json[]): Promise<TableAnswer> {
    const id = { title: 'Id', column_name: 'id', uidt: 'ID' };
    const body = { title, table_name: title.replace(/\W/g, '_'), columns: [id, ...columns] };
    return this.call('POST', `/api/v2/meta/bases/${base}/tables`, body);
  }

  async column(table: string, definition: Json): Promise<TableAnswer> {
    return this.call('POST', `/api/v2/meta/tables/${table}/columns`, definition);
  }

  async insert(table: string, rows: readonly Json[]): Promise<void> {
    await this.call('POST', `/api/v2/tables/${table}/records`, rows);
  }

  async upload(title: string, content: string): Promise<Json> {
    const form = new FormData();
    form.append('file', new Blob([content]), title);
    const [file] = await this.call<Json[]>('POST', '/api/v2/storage/upload?path=noco/test', form);
    return { ...file, title };
  }

  async link(table: TableAnswer, title: string, record: number, to: readonly number[]): Promise<void> {
    const path = `/api/v2/tables/${table.id}/links/${columnId(table, title)}/records/${record}`;
    await this.call(
      'POST',
      path,
      to.map((Id) => ({ Id })),
    );
  }
}

export const columnId = (table: TableAnswer, title: string): string => {
  const column = table.columns.find((candidate) => candidate.title === title);
  if (column === undefined) throw new Error(`no column ${title}`);
  return column.id;
};

export const column = (title: string, uidt: string, more: Json = {}): Json => ({
  title,
  column_name: title.toLowerCase().replace(/\W/g, '_'),
  uidt,
  ...more,
});

export const range = (from: number, length: number): number[] =>
  Array.from({ length }, (_, index) => from + index);
