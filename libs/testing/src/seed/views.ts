import { type Api, columnOf, type Table } from './api.js';

interface Made {
  readonly id: string;
}

/** Views of every type on the orders, with nested filters, sorts and a hidden column. Returns the titles of all views of the table. */
export const views = async (api: Api, tableId: string) => {
  const table = await api.table(tableId);
  const column = (title: string) => columnOf(table, title).id;
  const create = (kind: string, body: object) =>
    api.call<Made>('POST', `/api/v2/meta/tables/${tableId}/${kind}`, body);
  const grid = await create('grids', { title: 'Offene / dringende', type: 3 });
  await narrowed(api, grid.id, table);
  await create('galleries', { title: 'Galerie', type: 2 });
  await create('forms', {
    title: 'Formular',
    type: 1,
    heading: 'Neuer Auftrag',
    subheading: 'Bitte ausfüllen',
  });
  await create('kanbans', { title: 'Tafel', type: 4, fk_grp_col_id: column('Status') });
  await create('calendars', {
    title: 'Termine',
    type: 6,
    calendar_range: [{ fk_from_column_id: column('Fällig') }],
  });
  const { list } = await api.call<{ list: { title: string }[] }>(
    'GET',
    `/api/v2/meta/tables/${tableId}/views`,
  );
  return list.map(({ title }) => title);
};

const narrowed = async (api: Api, viewId: string, table: Table) => {
  const column = (title: string) => columnOf(table, title).id;
  const filter = (body: object) => api.call<Made>('POST', `/api/v2/meta/views/${viewId}/filters`, body);
  await filter({ fk_column_id: column('Betrag'), comparison_op: 'gt', value: '10', logical_op: 'and' });
  const group = await filter({ is_group: true, logical_op: 'and' });
  const inGroup = {
    fk_parent_id: group.id,
    fk_column_id: column('Status'),
    logical_op: 'or',
    comparison_op: 'eq',
  };
  await filter({ ...inGroup, value: 'offen' });
  await filter({ ...inGroup, value: 'in Arbeit' });
  await api.call('POST', `/api/v2/meta/views/${viewId}/sorts`, {
    fk_column_id: column('Fällig'),
    direction: 'desc',
  });
  await hidden(api, viewId, column('Betrag'));
};

const hidden = async (api: Api, viewId: string, columnId: string) => {
  const { list } = await api.call<{ list: { id: string; fk_column_id: string }[] }>(
    'GET',
    `/api/v2/meta/views/${viewId}/columns`,
  );
  const found = list.find(({ fk_column_id }) => fk_column_id === columnId);
  if (found) await api.call('PATCH', `/api/v2/meta/views/${viewId}/columns/${found.id}`, { show: false });
};
