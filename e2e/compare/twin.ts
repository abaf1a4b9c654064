import type { Api, Table } from '../api.js';

/** A small base with something of everything that a comparison looks at; two of them differ in their ids alone. */
export interface Twin {
  readonly baseId: string;
  readonly customers: Table;
  readonly orders: Table;
}

const meta = '/api/v2/meta';

export const twin = async (api: Api): Promise<Twin> => {
  const base = { title: 'Zwilling', description: 'einer von zweien', meta: '{}' };
  const { id: baseId } = await api.send<{ id: string }>('POST', `${meta}/bases`, base);
  const customers = await table(api, baseId, 'Kunden', [
    { title: 'Akte', uidt: 'Attachment' },
    { title: 'Status', uidt: 'SingleSelect', colOptions: { options: states } },
    { title: 'Person', uidt: 'User' },
  ]);
  const orders = await table(api, baseId, 'Aufträge', [
    { title: 'Betrag', uidt: 'Decimal', meta: { precision: 2 } },
    { title: 'Notiz', uidt: 'LongText' },
    { title: 'Fällig', uidt: 'Date' },
  ]);
  await records(api, customers, orders);
  await linked(api, customers, orders);
  await computed(api, customers, orders);
  await views(api, await fresh(api, customers));
  return { baseId, customers: await fresh(api, customers), orders: await fresh(api, orders) };
};

export const fresh = (api: Api, { id }: Pick<Table, 'id'>) => api.get<Table>(`${meta}/tables/${id}`);

export const columnIn = ({ title: of, columns }: Table, title: string) => {
  const found = columns.find((column) => column.title === title);
  if (!found) throw new Error(`table ${of} has no column ${title}`);
  return found.id;
};

export const uploaded = async (api: Api, content: string) => {
  const form = new FormData();
  form.append('file', new Blob([content], { type: 'text/plain' }), 'Rechnung.txt');
  return api.send<object[]>('POST', '/api/v2/storage/upload?path=noco%2Ftwin', form);
};

const states = ['offen', 'fertig'].map((title, index) => ({ title, color: '#cfdffe', order: index + 1 }));

const table = (
  api: Api,
  baseId: string,
  title: string,
  more: readonly (Readonly<Record<string, unknown>> & { readonly title: string })[],
) =>
  api.send<Table>('POST', `${meta}/bases/${baseId}/tables`, {
    title,
    table_name: title,
    columns: [
      { title: 'Name', column_name: 'Name', uidt: 'SingleLineText', pv: true },
      ...more.map((column) => ({ column_name: column.title, ...column })),
    ],
  });

const records = async (api: Api, customers: Table, orders: Table) => {
  await api.send('POST', `/api/v2/tables/${customers.id}/records`, [
    {
      Name: 'Müller',
      Akte: await uploaded(api, 'die erste'),
      Status: 'offen',
      Person: [{ email: 'admin@example.com' }],
    },
    ...[2, 3, 4].map((number) => ({ Name: `Kunde ${number}`, Status: 'fertig' })),
  ]);
  const rows = Array.from({ length: 30 }, (_, index) => ({
    Name: `A-${index + 1}`,
    Betrag: index / 4,
    Notiz: `Wert ${index}`,
    Fällig: '2024-02-29',
  }));
  await api.send('POST', `/api/v2/tables/${orders.id}/records`, rows);
  await api.send('DELETE', `/api/v2/tables/${orders.id}/records`, [{ Id: 7 }, { Id: 30 }]);
};

const linked = async (api: Api, customers: Table, orders: Table) => {
  const kinds = [
    { title: 'Aufträge', type: 'hm', version: 1 },
    { title: 'Empfehlungen', type: 'mm', version: 2 },
  ];
  for (const kind of kinds) {
    const column = { ...kind, uidt: 'Links', parentId: customers.id, childId: orders.id };
    const made = await api.send<Table>('POST', `${meta}/tables/${customers.id}/columns`, column);
    const path = `/api/v2/tables/${customers.id}/links/${columnIn(made, kind.title)}/records`;
    await api.send('POST', `${path}/1`, [{ Id: 1 }, { Id: 2 }]);
    await api.send('POST', `${path}/2`, [{ Id: 10 }]);
  }
};

const computed = async (api: Api, customers: Table, orders: Table) => {
  const relation = { fk_relation_column_id: columnIn(await fresh(api, customers), 'Aufträge') };
  const columns = [
    {
      title: 'Summe',
      uidt: 'Rollup',
      ...relation,
      fk_rollup_column_id: columnIn(orders, 'Betrag'),
      rollup_function: 'sum',
    },
    { title: 'Nummern', uidt: 'Lookup', ...relation, fk_lookup_column_id: columnIn(orders, 'Name') },
    { title: 'Zeile', uidt: 'Formula', formula_raw: 'CONCAT({Name}, " hat ", {Summe})' },
    { title: 'Seit', uidt: 'Formula', formula_raw: 'CONCAT("seit ", {CreatedAt})' },
    { title: 'QR', uidt: 'QrCode', fk_qr_value_column_id: columnIn(customers, 'Name') },
  ];
  for (const column of columns) await api.send('POST', `${meta}/tables/${customers.id}/columns`, column);
};

const views = async (api: Api, customers: Table) => {
  const path = `${meta}/tables/${customers.id}`;
  const made = (kind: string, body: object) => api.send<{ id: string }>('POST', `${path}/${kind}`, body);
  const grid = await made('grids', { title: 'Offene', type: 3 });
  const filters = `${meta}/views/${grid.id}/filters`;
  const group = await api.send<{ id: string }>('POST', filters, { is_group: true, logical_op: 'and' });
  const filter = { fk_column_id: columnIn(customers, 'Status'), comparison_op: 'eq', value: 'offen' };
  await api.send('POST', filters, { ...filter, logical_op: 'and', fk_parent_id: group.id });
  const sort = { fk_column_id: columnIn(customers, 'Name'), direction: 'desc' };
  await api.send('POST', `${meta}/views/${grid.id}/sorts`, sort);
  await made('kanbans', { title: 'Tafel', type: 4, fk_grp_col_id: columnIn(customers, 'Status') });
  await made('forms', { title: 'Formular', type: 1, heading: 'Neu' });
  const notification = { type: 'URL', payload: { method: 'POST', path: 'http://127.0.0.1:9/', headers: [] } };
  const hook = {
    title: 'Melden',
    event: 'after',
    operation: ['insert'],
    version: 'v3',
    active: false,
    notification,
  };
  await made('hooks', hook);
};
