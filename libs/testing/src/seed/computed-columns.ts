import { type Api, columnOf, type Table } from './api.js';
import type { LinkedTables } from './linked-tables.js';

const webhook = (path: string) => ({
  type: 'URL',
  payload: {
    method: 'POST',
    path,
    body: '{{ json event }}',
    headers: [{ name: 'X-Token', value: 'geheim', enabled: true }],
    parameters: [{}],
    auth: '',
  },
});

/** Hooks that never fire by themselves: one waits for a button, the other is switched off. Returns their titles. */
export const hooks = async (api: Api, { customers }: LinkedTables) => {
  const common = { version: 'v3', notification: webhook('http://127.0.0.1:9/hook') };
  const path = `/api/v2/meta/tables/${customers.id}/hooks`;
  const manual = { ...common, title: 'Mahnen', event: 'manual', operation: ['trigger'], active: true };
  const onInsert = {
    ...common,
    title: 'Neuer Kunde',
    event: 'after',
    operation: ['insert'],
    active: false,
    condition: true,
  };
  const made = await api.call<{ id: string }>('POST', path, manual);
  const filtered = await api.call<{ id: string }>('POST', path, onInsert);
  const name = columnOf(await api.table(customers.id), 'Name');
  await api.call('POST', `/api/v2/meta/hooks/${filtered.id}/filters`, {
    fk_column_id: name.id,
    comparison_op: 'like',
    value: 'GmbH',
  });
  return { buttonHookId: made.id, titles: [manual.title, onInsert.title] };
};

/** Columns that NocoDB computes: rollups, lookups, formulas (over each other too), QR code, barcode, buttons. */
export const computedColumns = async (
  api: Api,
  { customers, orders }: LinkedTables,
  buttonHookId: string,
) => {
  const from = await api.table(customers.id);
  const name = columnOf(from, 'Name').id;
  const columns = [
    ...overOrders(columnOf(from, 'Aufträge').id, await api.table(orders.id)),
    formula('Anschrift', 'CONCAT({Name}, " – ", {Id} * 2)'),
    formula('Brutto', 'ROUND({Summe Aufträge} * 1.2, 2)'),
    { title: 'QR', uidt: 'QrCode', fk_qr_value_column_id: name },
    {
      title: 'Strichcode',
      uidt: 'Barcode',
      fk_barcode_value_column_id: name,
      meta: { barcodeFormat: 'CODE128' },
    },
    button('Öffnen', { type: 'url', formula_raw: 'CONCAT("https://example.com/?q=", {Id})' }),
    button('Mahnen', { type: 'webhook', fk_webhook_id: buttonHookId }),
  ];
  for (const column of columns) await api.addColumn(customers.id, column);
  await lookupOfFormula(api, customers.id, orders.id);
};

const overOrders = (relation: string, orders: Table) => {
  const amount = columnOf(orders, 'Betrag').id;
  const number = columnOf(orders, 'Nummer').id;
  return [
    rollup('Summe Aufträge', { relation, column: amount, of: 'sum' }),
    rollup('Anzahl Aufträge', { relation, column: number, of: 'count' }),
    {
      title: 'Auftragsnummern',
      uidt: 'Lookup',
      fk_relation_column_id: relation,
      fk_lookup_column_id: number,
    },
  ];
};

const rollup = (
  title: string,
  { relation, column, of }: { relation: string; column: string; of: string },
) => ({
  title,
  uidt: 'Rollup',
  fk_relation_column_id: relation,
  fk_rollup_column_id: column,
  rollup_function: of,
});

const formula = (title: string, formula_raw: string) => ({ title, uidt: 'Formula', formula_raw });

const button = (title: string, action: object) => ({
  title,
  uidt: 'Button',
  label: title,
  theme: 'solid',
  color: 'brand',
  ...action,
});

const lookupOfFormula = async (api: Api, customersId: string, ordersId: string) => {
  const formulaColumn = columnOf(await api.table(customersId), 'Anschrift');
  const { columns } = await api.table(ordersId);
  const back = columns.find(
    ({ colOptions }) => colOptions?.type === 'bt' && colOptions.fk_related_model_id === customersId,
  );
  if (!back) throw new Error('NocoDB made no reverse column for Kunden.Aufträge');
  const lookup = { fk_relation_column_id: back.id, fk_lookup_column_id: formulaColumn.id };
  await api.addColumn(ordersId, { title: 'Anschrift des Kunden', uidt: 'Lookup', ...lookup });
};
