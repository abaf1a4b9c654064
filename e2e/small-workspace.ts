import type { Api, Table } from './api.js';

/** Two bases of one title; one of them with a large table, links and attachments. */
export interface SmallWorkspace {
  readonly customers: Table;
  readonly orders: Table;
  readonly measurements: Table;
  readonly other: Table;
}

export const recordsOf = { customers: 30, orders: 90, measurements: 4_000, other: 3 } as const;
export const twice = ['die erste', 'die zweite'] as const;

export const seedSmall = async (api: Api): Promise<SmallWorkspace> => {
  const crm = await base(api, 'CRM');
  const second = await base(api, 'CRM');
  const workspace = {
    customers: await table(api, crm, 'Kunden', [{ title: 'Akte', uidt: 'Attachment' }]),
    orders: await table(api, crm, 'Aufträge'),
    measurements: await table(api, crm, 'Messwerte', [{ title: 'Wert', uidt: 'Number' }]),
    other: await table(api, second, 'Kunden'),
  };
  const { customers, orders } = workspace;
  await insert(api, customers, [
    { Name: 'Kunde 1', Akte: await uploaded(api, `noco/${crm}/${customers.id}`) },
    ...rows(recordsOf.customers - 1),
  ]);
  await insert(api, orders, rows(recordsOf.orders));
  await insert(api, workspace.measurements, rows(recordsOf.measurements, 'Wert'));
  await insert(api, workspace.other, rows(recordsOf.other));
  await link(api, customers, orders);
  return workspace;
};

const base = async (api: Api, title: string) =>
  (await api.send<{ id: string }>('POST', '/api/v2/meta/bases', { title, meta: '{}' })).id;

const table = (api: Api, baseId: string, title: string, more: readonly object[] = []) =>
  api.send<Table>('POST', `/api/v2/meta/bases/${baseId}/tables`, {
    title,
    table_name: title,
    columns: [{ title: 'Name', uidt: 'SingleLineText', pv: true }, ...more].map((column) => ({
      column_name: (column as { title?: string }).title,
      ...column,
    })),
  });

const rows = (count: number, number?: string) =>
  Array.from({ length: count }, (_, index) => ({
    Name: `Zeile ${index} `.padEnd(100, '·'),
    ...(number !== undefined && { [number]: index }),
  }));

const insert = async (api: Api, { id }: Table, records: readonly object[]) => {
  for (let at = 0; at < records.length; at += 2_000)
    await api.send('POST', `/api/v2/tables/${id}/records`, records.slice(at, at + 2_000));
};

/** Every customer has three orders, the first one 33 instead: more than NocoDB lists unasked. */
const link = async (api: Api, customers: Table, orders: Table) => {
  const column = { title: 'Aufträge', uidt: 'Links', type: 'hm', parentId: customers.id, childId: orders.id };
  const { columns } = await api.send<Table>('POST', `/api/v2/meta/tables/${customers.id}/columns`, column);
  const id = columns.find(({ title }) => title === 'Aufträge')?.id ?? '';
  const children = Array.from({ length: 33 }, (_, index) => ({ Id: index + 1 }));
  await api.send('POST', `/api/v2/tables/${customers.id}/links/${id}/records/1`, children);
};

const uploaded = async (api: Api, folder: string) => {
  const files: object[] = [];
  for (const content of twice) {
    const form = new FormData();
    form.append('file', new Blob([content], { type: 'text/plain' }), 'Rechnung.txt');
    const path = `/api/v2/storage/upload?path=${encodeURIComponent(folder)}`;
    const [made] = await api.send<object[]>('POST', path, form);
    files.push({ ...made, title: 'Rechnung.txt' });
  }
  return files;
};
