import { type Api, columnOf, type Table } from './api.js';

interface Made {
  readonly id: string;
}

const meta = '/api/v2/meta';

/** Views of every type with settings that people make in them. Returns the titles of all views of the table. */
export const uglyViews = async (api: Api, tableId: string) => {
  const table = await api.table(tableId);
  await defaultView(api, table);
  await gridWithEverything(api, table);
  await kanban(api, table);
  await otherTypes(api, table);
  const { list } = await api.call<{ list: { title: string }[] }>('GET', `${meta}/tables/${tableId}/views`);
  return list.map(({ title }) => title);
};

const create = (api: Api, tableId: string, [kind, body]: readonly [string, object]) =>
  api.call<Made>('POST', `${meta}/tables/${tableId}/${kind}`, body);

const changed = (api: Api, viewId: string, body: object) =>
  api.call('PATCH', `${meta}/views/${viewId}`, body);

/** The default view is renamed, narrowed, and stands behind the others. */
const defaultView = async (api: Api, { id, views, columns }: Table) => {
  const viewId = views[0]?.id ?? '';
  await changed(api, viewId, { title: 'Umbenannte "Vorgabe" / 1', order: 99, show_system_fields: true });
  const column = columns.find(({ title }) => title === 'Zahl')?.id;
  await api.call('POST', `${meta}/views/${viewId}/filters`, {
    fk_column_id: column,
    comparison_op: 'notblank',
  });
  await columnsChanged(api, ['grid-columns', viewId], {
    [columnOf({ title: id, columns }, 'Text').id]: { width: '333px' },
  });
};

/** Column settings by column id. Of these, `views/{v}/columns/{id}` takes `show` and `order` alone, and answers 200 to the others. */
const columnsChanged = async (
  api: Api,
  [kind, viewId]: readonly ['grid-columns' | 'form-columns', string],
  settings: Readonly<Record<string, object>>,
) => {
  const { list } = await api.call<{ list: { id: string; fk_column_id: string }[] }>(
    'GET',
    `${meta}/views/${viewId}/columns`,
  );
  for (const { id, fk_column_id } of list)
    if (settings[fk_column_id]) await api.call('PATCH', `${meta}/${kind}/${id}`, settings[fk_column_id]);
};

/** A comparison of each class, by title of the column. */
const comparisons: readonly (readonly [string, object])[] = [
  ['Text', { comparison_op: 'neq', value: "it's" }],
  ['Text', { comparison_op: 'like', value: '%' }],
  ['Langtext', { comparison_op: 'nlike', value: '"' }],
  ['Langtext', { comparison_op: 'notempty' }],
  ['Zahl', { comparison_op: 'gte', value: '-7' }],
  ['Zahl', { comparison_op: 'blank' }],
  ['Haken', { comparison_op: 'checked' }],
  ['Auswahl', { comparison_op: 'anyof', value: 'a, b,null' }],
  ['Mehrfach', { comparison_op: 'allof', value: 'null,Dup' }],
  ['Mehrfach', { comparison_op: 'nanyof', value: 'Dup' }],
  ['Datum', { comparison_op: 'isWithin', comparison_sub_op: 'pastNumberOfDays', value: '14' }],
  ['Zeitpunkt', { comparison_op: 'lt', comparison_sub_op: 'exactDate', value: '2024-02-29' }],
  ['Datum', { comparison_op: 'gt', comparison_sub_op: 'today' }],
];

const gridWithEverything = async (api: Api, table: Table) => {
  const of = (title: string) => columnOf(table, title).id;
  const { id } = await create(api, table.id, [
    'grids',
    { title: 'Alles 🦄, "gesperrt"', type: 3, description: 'eine Ansicht' },
  ]);
  const filter = (body: object) =>
    api.call<Made>('POST', `${meta}/views/${id}/filters`, { logical_op: 'or', ...body });
  const outer = await filter({ is_group: true, logical_op: 'and' });
  const inner = await filter({ is_group: true, fk_parent_id: outer.id });
  for (const [index, [title, comparison]] of comparisons.entries()) {
    const fk_parent_id = [undefined, outer.id, inner.id][index % 3];
    await filter({ ...comparison, fk_column_id: of(title), ...(fk_parent_id && { fk_parent_id }) });
  }
  for (const [title, direction] of [
    ['Zahl', 'desc'],
    ['Text', 'asc'],
    ['Haken', 'asc'],
  ] as const)
    await api.call('POST', `${meta}/views/${id}/sorts`, { fk_column_id: of(title), direction });
  await columnsChanged(api, ['grid-columns', id], {
    [of('Langtext')]: { show: false },
    [of('Auswahl')]: { group_by: true, group_by_order: 1, group_by_sort: 'desc', order: 1 },
    [of('Haken')]: { group_by: true, group_by_order: 2, group_by_sort: 'asc' },
    [of('Zahl')]: { aggregation: 'sum', width: '80px', order: 2 },
  });
  await api.call('PATCH', `${meta}/grids/${id}`, { row_height: 3 });
  await changed(api, id, { lock_type: 'locked' });
};

/** The stacks stand in another order than the options, one is folded. */
const kanban = async (api: Api, table: Table) => {
  const column = columnOf(table, 'Auswahl').id;
  const { id } = await create(api, table.id, ['kanbans', { title: 'Tafel', type: 4, fk_grp_col_id: column }]);
  const detail = await api.call<{ meta: Record<string, { order: number }[] | undefined> }>(
    'GET',
    `${meta}/kanbans/${id}`,
  );
  const stacks = detail.meta[column] ?? [];
  const turned = stacks.map((stack, index) => ({
    ...stack,
    order: stacks.length - index,
    collapsed: index === 1,
  }));
  await api.call('PATCH', `${meta}/kanbans/${id}`, { meta: { ...detail.meta, [column]: turned } });
};

const otherTypes = async (api: Api, table: Table) => {
  const of = (title: string) => columnOf(table, title).id;
  const range = { fk_from_column_id: of('Datum') };
  await create(api, table.id, ['calendars', { title: 'Kalender', type: 6, calendar_range: [range] }]);
  await create(api, table.id, ['galleries', { title: 'Galerie', type: 2 }]);
  const personal = await create(api, table.id, ['grids', { title: 'nur ich', type: 3 }]);
  await changed(api, personal.id, { lock_type: 'personal' });
  await form(api, table);
};

const form = async (api: Api, table: Table) => {
  const { id } = await create(api, table.id, ['forms', { title: 'Formular', type: 1 }]);
  const texts = {
    heading: 'Überschrift "1"',
    subheading: '**fett**',
    success_msg: 'Danke!',
    email: '{"zweite@example.com":true}',
  };
  const switches = { submit_another_form: true, show_blank_form: true, redirect_url: 'https://example.com' };
  await api.call('PATCH', `${meta}/forms/${id}`, {
    ...texts,
    ...switches,
    meta: { background_color: '#F9F9FA', hide_branding: false },
  });
  await columnsChanged(api, ['form-columns', id], {
    [columnOf(table, 'Text').id]: {
      show: true,
      label: 'Wie heißt „es“?',
      help: 'a\nb',
      description: '*hier*',
      required: true,
    },
    [columnOf(table, 'Zahl').id]: { show: true, order: 1 },
    [columnOf(table, 'Langtext').id]: { show: false },
  });
};
