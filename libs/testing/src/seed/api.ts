/** A column as NocoDB describes it; only what the seed looks at. */
export interface Column {
  readonly id: string;
  readonly title: string;
  readonly uidt: string;
  readonly colOptions?: { readonly type?: string; readonly fk_related_model_id?: string };
}

/** A table as NocoDB describes it. */
export interface Table {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly views: readonly { readonly id: string; readonly title: string }[];
}

/** The definition of a new column; which further keys it takes depends on its type (`uidt`). */
export type NewColumn = Readonly<Record<string, unknown>> & { readonly title: string; readonly uidt: string };

/** A record to be inserted, by column title. */
export type Row = Readonly<Record<string, unknown>>;

const timeoutMs = 120_000;
const rowsPerRequest = 2_500;

/** NocoDB's REST API, as a signed-in admin uses it: a session may insert more than the 100 rows per request of an API token. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly session: string,
    private readonly signal?: AbortSignal,
  ) {}

  async call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const isForm = body instanceof FormData;
    const response = await fetch(this.url + path, {
      method,
      headers: { 'xc-auth': this.session, ...(!isForm && { 'content-type': 'application/json' }) },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(this.signal ? [this.signal] : [])]),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as Answer;
  }

  createBase(title: string, description = '') {
    return this.call<{ id: string; title: string }>('POST', '/api/v2/meta/bases', {
      title,
      description,
      meta: '{}',
    });
  }

  /** A table whose name in the database is given too: without it NocoDB refuses titles with a slash, a dot or a backslash. */
  createTable(baseId: string, title: string, columns: readonly NewColumn[], tableName = title) {
    return this.call<Table>('POST', `/api/v2/meta/bases/${baseId}/tables`, {
      title,
      table_name: tableName,
      columns: columns.map((column) => ({ column_name: column.title, ...column })),
    });
  }

  table(id: string) {
    return this.call<Table>('GET', `/api/v2/meta/tables/${id}`);
  }

  /** The new column; NocoDB answers with the whole table. */
  async addColumn(tableId: string, column: NewColumn) {
    const { columns } = await this.call<Table>('POST', `/api/v2/meta/tables/${tableId}/columns`, column);
    return columnOf({ title: tableId, columns }, column.title);
  }

  /** The ids of the new records, in the order of the rows. */
  async insert(tableId: string, rows: readonly Row[]) {
    const ids: number[] = [];
    for (let at = 0; at < rows.length; at += rowsPerRequest) {
      const batch = rows.slice(at, at + rowsPerRequest);
      const made = await this.call<{ Id: number }[]>('POST', `/api/v2/tables/${tableId}/records`, batch);
      ids.push(...made.map(({ Id }) => Id));
    }
    return ids;
  }

  remove(tableId: string, ids: readonly number[]) {
    return this.call(
      'DELETE',
      `/api/v2/tables/${tableId}/records`,
      ids.map((Id) => ({ Id })),
    );
  }
}

/** The column of a table with that title. */
export const columnOf = ({ title: table, columns }: Pick<Table, 'title' | 'columns'>, title: string) => {
  const found = columns.find((column) => column.title === title);
  if (!found) throw new Error(`NocoDB made no column ${title} in table ${table}`);
  return found;
};
