import { type Api, columnOf } from './api.js';

const notification = (path: string) => ({
  type: 'URL',
  payload: {
    method: 'PUT',
    path,
    body: '{"text": "{{ event.data.rows.[0].Name }} \\"zitiert\\""}',
    headers: [
      { name: 'Authorization', value: 'Bearer geheim-"1"', enabled: true },
      { name: 'X-Aus', value: 'ü', enabled: false },
    ],
    parameters: [{ name: 'q', value: 'a b&c', enabled: true }],
    auth: '{"user":"ich"}',
  },
});

/** Hooks of equal titles, for each operation, with nested conditions, and one for a button. None is active but the button's, which nobody presses. */
export const uglyHooks = async (api: Api, tableId: string) => {
  const path = `/api/v2/meta/tables/${tableId}/hooks`;
  const common = {
    version: 'v3',
    event: 'after',
    active: false,
    notification: notification('http://127.0.0.1:9/{x}'),
  };
  const hooks = [
    {
      ...common,
      title: 'Doppelt "benannt"',
      operation: ['insert', 'update', 'delete'],
      condition: true,
      retries: 3,
    },
    { ...common, title: 'Doppelt "benannt"', operation: ['delete'] },
    { ...common, title: 'Knopf', event: 'manual', operation: ['trigger'], active: true },
  ];
  const made: { id: string }[] = [];
  for (const hook of hooks) made.push(await api.call('POST', path, hook));
  await conditions(api, made[0]?.id ?? '', tableId);
  const button = {
    title: 'Drücken',
    uidt: 'Button',
    type: 'webhook',
    label: 'Drücken',
    theme: 'text',
    color: 'green',
  };
  await api.addColumn(tableId, { ...button, fk_webhook_id: made[2]?.id });
  return hooks.map(({ title }) => title);
};

const conditions = async (api: Api, hookId: string, tableId: string) => {
  const table = await api.table(tableId);
  const filter = (body: object) =>
    api.call<{ id: string }>('POST', `/api/v2/meta/hooks/${hookId}/filters`, { logical_op: 'or', ...body });
  await filter({ fk_column_id: columnOf(table, 'Name').id, comparison_op: 'like', value: '"' });
  const group = await filter({ is_group: true });
  const inGroup = { fk_parent_id: group.id, fk_column_id: columnOf(table, 'Alter').id };
  await filter({ ...inGroup, comparison_op: 'gt', value: '17' });
  await filter({ ...inGroup, comparison_op: 'blank' });
};
