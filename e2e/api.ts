/** A table as NocoDB describes it, as far as the tests look. */
export interface Table {
  readonly id: string;
  readonly title: string;
  readonly table_name: string;
  readonly base_id: string;
  readonly mm?: unknown;
  readonly columns: readonly Column[];
}

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly column_name?: string | null;
  readonly uidt: string;
  readonly pk?: unknown;
  readonly colOptions?: LinkOptions | null;
}

export interface LinkOptions {
  readonly type?: string;
  readonly fk_related_model_id?: string;
  readonly fk_mm_model_id?: string | null;
  readonly fk_mm_child_column_id?: string | null;
  readonly fk_mm_parent_column_id?: string | null;
}

export type Row = Readonly<Record<string, unknown>>;

interface Page {
  readonly list: readonly Row[];
  readonly pageInfo: { readonly isLastPage: boolean };
}

/** NocoDB's REST API with nothing but `fetch`: what the program says is compared with what NocoDB answers here. */
export class Api {
  constructor(
    readonly url: string,
    private readonly keys: { readonly token: string; readonly session: string },
  ) {}

  async get<Answer>(path: string): Promise<Answer> {
    return this.answer(path, { headers: { 'xc-token': this.keys.token } });
  }

  /** As the signed-in admin, who may insert many records at once. */
  async send<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const form = body instanceof FormData;
    return this.answer(path, {
      method,
      headers: { 'xc-auth': this.keys.session, ...(!form && { 'content-type': 'application/json' }) },
      ...(body && { body: form ? body : JSON.stringify(body) }),
    });
  }

  async bases(): Promise<readonly { readonly id: string; readonly title: string }[]> {
    return (await this.get<{ list: { id: string; title: string }[] }>('/api/v2/meta/bases')).list;
  }

  /** Every table of a base with its columns, junction tables too. */
  async tables(baseId: string): Promise<Table[]> {
    const path = `/api/v2/meta/bases/${baseId}/tables?includeM2M=true`;
    const { list } = await this.get<{ list: { id: string }[] }>(path);
    return Promise.all(list.map(({ id }) => this.get<Table>(`/api/v2/meta/tables/${id}`)));
  }

  async count(tableId: string): Promise<number> {
    return (await this.get<{ count: number }>(`/api/v2/tables/${tableId}/records/count`)).count;
  }

  /** All pages of a list of records. */
  async rows(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (;;) {
      const { list, pageInfo } = await this.get<Page>(`${path}&limit=1000&offset=${rows.length}`);
      rows.push(...list);
      if (pageInfo.isLastPage || list.length === 0) return rows;
    }
  }

  private async answer<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(this.url + path, { ...init, signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as Answer;
  }
}
