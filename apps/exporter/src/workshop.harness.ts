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

/** A base with 2,500 customers and 200 orders, links of each kind between them, some beyond 25 for one record, and a formula. */
export const seededCrm = async (admin: Admin) => {
  const base = await admin.base('CRM / Ä');
  const kinds = [column('Name', 'SingleLineText', { pv: true }), column('Count', 'Number')];
  const more = [column('Price', 'Decimal'), column('Data', 'JSON'), column('Files', 'Attachment')];
  let customers = await admin.table(base, 'Customers', [...kinds, ...more]);
  let orders = await admin.table(base, 'Orders', [column('Nr', 'SingleLineText', { pv: true })]);
  // Before there are links: NocoDB takes half a minute for a thousand rows of a table with several of them.
  await admin.insert(
    customers.id,
    range(1, 2500).map((n) => ({ Name: `K ${n} 🏔️`, Count: n, Data: JSON.stringify({ n }) })),
  );
  await admin.insert(
    orders.id,
    range(1, 200).map((n) => ({ Nr: `A${n}` })),
  );
  const link = (title: string, type: string, to: TableAnswer, version: number) =>
    admin.column(customers.id, {
      title,
      uidt: type === 'om' ? 'LinkToAnotherRecord' : 'Links',
      type,
      version,
      parentId: customers.id,
      childId: to.id,
    });
  await link('hm1', 'hm', orders, 1);
  await link('mm2', 'mm', orders, 2);
  await link('oo1', 'oo', orders, 1);
  await link('om2', 'om', orders, 2);
  customers = await link('self', 'hm', customers, 1);
  const formula = { title: 'Label', uidt: 'Formula', formula_raw: 'CONCAT({Name}, " x ", {Count})' };
  customers = await admin.column(customers.id, formula);
  orders = await admin.call<TableAnswer>('GET', `/api/v2/meta/tables/${orders.id}`);
  await linkCustomers(admin, customers);
  return { base, customers, orders };
};

/** Two customers with links of each kind, more than 25 of most. */
const linkCustomers = async (admin: Admin, customers: TableAnswer) => {
  for (const record of [1, 2]) {
    await admin.link(customers, 'hm1', record, range(record * 50, 40));
    await admin.link(customers, 'mm2', record, range(1, 60));
    await admin.link(customers, 'oo1', record, [record]);
    await admin.link(customers, 'om2', record, range(record * 50, 30));
    await admin.link(customers, 'self', record, range(record * 100, 30));
  }
};
