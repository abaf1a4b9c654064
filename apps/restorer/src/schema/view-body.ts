import type { Loose, StoredView, ViewKind } from '@nocodb-backup/nocodb';
import { isGiven, objectIn } from './column-body.js';
import { type NewIds, withNewIds } from './new-ids.js';

const kinds: Readonly<Record<number, ViewKind>> = {
  1: 'forms',
  2: 'galleries',
  3: 'grids',
  4: 'kanbans',
  6: 'calendars',
};

/** What NocoDB calls views of this type; undefined for those that cannot be made over its API, such as maps. */
export const kindOf = ({ type }: Pick<StoredView, 'type'>): ViewKind | undefined => kinds[type];

const detailKeys: Readonly<Record<ViewKind, readonly string[]>> = {
  grids: ['row_height', 'meta'],
  forms: [
    'heading',
    'subheading',
    'success_msg',
    'redirect_url',
    'redirect_after_secs',
    'email',
    'banner_image_url',
    'logo_url',
    'submit_another_form',
    'show_blank_form',
    'meta',
  ],
  galleries: ['fk_cover_image_col_id', 'meta'],
  kanbans: ['fk_grp_col_id', 'fk_cover_image_col_id', 'meta'],
  calendars: ['calendar_range', 'fk_cover_image_col_id', 'meta'],
  maps: [],
};

/** Those without which NocoDB makes no whole view. */
const creating = new Set([
  'fk_grp_col_id',
  'fk_cover_image_col_id',
  'calendar_range',
  'heading',
  'subheading',
]);

/** The request for a new view. */
export const viewBody = (view: StoredView, ids: NewIds): object => ({
  title: view.title,
  type: view.type,
  ...(isGiven(view.description) && { description: view.description }),
  ...Object.fromEntries(Object.entries(viewDetail(view, ids)).filter(([key]) => creating.has(key))),
});

/** What only views of its kind have, with new ids. */
export const viewDetail = (view: StoredView, ids: NewIds): Record<string, unknown> => {
  const kind = kindOf(view);
  const stored = { ...objectIn(view.view), ...view.detail };
  const given = (kind === undefined ? [] : detailKeys[kind]).map((key) => [key, stored[key]] as const);
  return Object.fromEntries(given.filter(([, value]) => isGiven(value)).map((entry) => mapped(entry, ids)));
};

const mapped = ([key, value]: readonly [string, unknown], ids: NewIds): readonly [string, unknown] => {
  if (key === 'meta') return [key, withNewIds(objectIn(value), ids)];
  if (key === 'calendar_range') return [key, (value as readonly Loose[]).map((range) => rangeOf(range, ids))];
  return [key, key.startsWith('fk_') ? withNewIds(value, ids) : value];
};

const rangeOf = ({ fk_from_column_id, fk_to_column_id }: Loose, ids: NewIds): object => ({
  fk_from_column_id: withNewIds(fk_from_column_id, ids),
  ...(isGiven(fk_to_column_id) && { fk_to_column_id: withNewIds(fk_to_column_id, ids) }),
});

/** The ids of columns without which the view would be another one. */
export const viewNeeds = (view: StoredView): readonly string[] => {
  const stored: Loose = { ...objectIn(view.view), ...view.detail };
  const ranges = Array.isArray(stored.calendar_range) ? (stored.calendar_range as readonly Loose[]) : [];
  const wanted = ranges.flatMap((range) => [range.fk_from_column_id, range.fk_to_column_id]);
  return [stored.fk_grp_col_id, ...wanted].filter((id) => typeof id === 'string');
};

/** Title, place among the views, and settings. */
export const viewSettings = (view: StoredView, ids: NewIds): object => ({
  title: view.title,
  ...(typeof view.order === 'number' && { order: view.order }),
  ...(isGiven(view.description) && { description: view.description }),
  ...(typeof view.show_system_fields === 'boolean' && { show_system_fields: view.show_system_fields }),
  ...(isGiven(view.meta) && { meta: withNewIds(objectIn(view.meta), ids) }),
});

const columnKeys = [
  'show',
  'order',
  'width',
  'label',
  'help',
  'description',
  'required',
  'enable_scanner',
  'bold',
  'italic',
  'underline',
  'group_by',
  'group_by_order',
  'group_by_sort',
  'aggregation',
];

/** How a view shows a column. */
export const viewColumnBody = (column: Loose, ids: NewIds): object => {
  const meta = objectIn(column.meta);
  const given = columnKeys.map((key) => [key, column[key]] as const).filter(([, value]) => isGiven(value));
  return {
    ...Object.fromEntries(given),
    ...(Object.keys(meta).length > 0 && { meta: withNewIds(meta, ids) }),
  };
};
