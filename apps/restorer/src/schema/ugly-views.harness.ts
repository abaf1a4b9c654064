import type { NocoDb, NocoDbWriter, Table } from '@nocodb-backup/nocodb';

interface Making {
  readonly writer: NocoDbWriter;
  readonly tableId: string;
  readonly column: (title: string) => string;
  readonly signal: AbortSignal;
}

/** Views of all kinds. The first grid has another name, and comes after a form that has the name of the table. */
export const uglyViews = async (
  { api, writer }: { readonly api: NocoDb; readonly writer: NocoDbWriter },
  { id: tableId }: Table,
  signal: AbortSignal,
) => {
  const { columns } = await api.table(tableId, signal);
  const column = (title: string) => columns.find((one) => one.title === title)?.id ?? '';
  const making: Making = { writer, tableId, column, signal };
  const [first] = await api.views(tableId, signal);
  await writer.updateView(first?.id ?? '', { title: 'Alle', order: 9, lock_type: 'locked' }, signal);
  await writer.updateViewDetail('grids', first?.id ?? '', { row_height: 2 }, signal);
  await form(making);
  await grouped(making);
  const board = { fk_grp_col_id: column('Stand'), fk_cover_image_col_id: column('Dateien') };
  await writer.createView(tableId, 'kanbans', { title: 'Tafel', type: 4, ...board }, signal);
  const range = { fk_from_column_id: column('Seit'), fk_to_column_id: column('Bis') };
  await writer.createView(tableId, 'calendars', { title: 'Zeit', type: 6, calendar_range: [range] }, signal);
};

const form = async ({ writer, tableId, column, signal }: Making) => {
  const body = { title: 'Leute', type: 1, heading: 'Wer?' };
  const { id } = await writer.createView(tableId, 'forms', body, signal);
  const detail = { success_msg: 'Danke!', submit_another_form: true, subheading: 'bitte', email: '{}' };
  await writer.updateViewDetail('forms', id, detail, signal);
  const field = { label: 'Seit wann?', help: 'ungefähr', required: true, order: 1, show: true };
  await writer.updateViewColumns(id, [{ id: column('Seit'), ...field }], signal);
};

const grouped = async ({ writer, tableId, column, signal }: Making) => {
  const body = { title: 'Gruppen', type: 3, description: 'nach Stand' };
  const { id } = await writer.createView(tableId, 'grids', body, signal);
  const group = { group_by: true, group_by_order: 1, group_by_sort: 'desc', width: '333px', order: 2 };
  const shown = [
    { id: column('Stand'), ...group },
    { id: column('Wert'), aggregation: 'sum', order: 1, show: true },
    { id: column('Da'), show: false },
  ];
  await writer.updateViewColumns(id, shown, signal);
  await filters({ writer, tableId, column, signal }, id);
  await writer.createSort(id, { fk_column_id: column('Wert'), direction: 'desc' }, signal);
  await writer.createSort(id, { fk_column_id: column('Anzeige'), direction: 'asc' }, signal);
};

const filters = async ({ writer, column, signal }: Making, viewId: string) => {
  const filter = (body: object) => writer.createViewFilter(viewId, body, signal);
  const outer = await filter({ is_group: true, logical_op: 'or' });
  const inner = await filter({ is_group: true, logical_op: 'and', fk_parent_id: outer.id });
  const is = { comparison_op: 'eq', value: 'neu', logical_op: 'or' };
  await filter({ fk_parent_id: inner.id, fk_column_id: column('Stand'), ...is });
  const before = { comparison_op: 'lt', comparison_sub_op: 'today', logical_op: 'or' };
  await filter({ fk_parent_id: outer.id, fk_column_id: column('Bis'), ...before });
  const off = { comparison_op: 'notblank', logical_op: 'and', enabled: false };
  await filter({ fk_column_id: column('CreatedAt'), ...off });
};
