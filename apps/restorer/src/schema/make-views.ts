import type { StoredView, Table, View } from '@nocodb-backup/nocodb';
import { attempted, changed } from './attempted.js';
import { isGiven } from './column-body.js';
import { makeFilters } from './make-filters.js';
import { makeViewColumns } from './make-view-columns.js';
import { type NewIds, newIds } from './new-ids.js';
import { nameOf, type Site } from './site.js';
import { count } from './tools.js';
import { kindOf, viewBody, viewDetail, viewNeeds, viewSettings } from './view-body.js';

/** The ids of views on the target by those in the backup. */
export const viewIds = async (
  { base, tools }: Site,
  table: Table,
  views: readonly StoredView[],
): Promise<ReadonlyMap<string, string>> => {
  const target = await base.table(table.id, tools.signal);
  const present = target ? await tools.api.views(target.id, tools.signal) : [];
  const ids = views.map((view) => [view.id, present.find((there) => isAlike(there, view))?.id] as const);
  return new Map(ids.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
};

const isAlike = (one: Pick<View, 'title' | 'type'>, other: Pick<View, 'title' | 'type'>): boolean =>
  one.title === other.title && one.type === other.type;

/** Makes the views of a new table, or finishes them. */
export const makeViews = async (site: Site, table: Table, views: readonly StoredView[]): Promise<void> => {
  const { base, tools } = site;
  const target = await base.table(table.id, tools.signal);
  if (!target) return;
  const ids = await newIds(base, table.id, tools.signal);
  const work: Work = { site, table, ids, target };
  await nameFirstGrid(work, views);
  for (const view of inOrder(views)) await makeView(work, view);
};

interface Work {
  readonly site: Site;
  /** Of the backup. */
  readonly table: Table;
  readonly target: Table;
  readonly ids: NewIds;
}

const inOrder = (views: readonly StoredView[]): readonly StoredView[] =>
  views.toSorted((one, other) => Number(one.order) - Number(other.order));

/** NocoDB makes one grid with the table: it becomes the first grid of the backup, unless that is there under its title. */
const nameFirstGrid = async ({ site, table, target }: Work, views: readonly StoredView[]): Promise<void> => {
  const { api, writer, signal } = site.tools;
  const present = await api.views(target.id, signal);
  const grids = inOrder(views).filter(({ type }) => type === 3);
  const [only] = present;
  if (present.length !== 1 || !only || grids.some(({ title }) => title === only.title)) return;
  const [first] = grids;
  if (!first) return;
  const outcome = await changed(site.tools, () => writer.updateView(only.id, { title: first.title }, signal));
  if ('refused' in outcome) note({ site, table }, first, outcome.refused);
};

const note = ({ site, table }: Pick<Work, 'site' | 'table'>, view: StoredView, reason: string): void => {
  site.tools.leftOut.add(`views of ${nameOf(site, table)}`, reason, view.title);
};

const makeView = async (work: Work, view: StoredView): Promise<void> => {
  const there = await foundOrMade(work, view);
  if (!there) return;
  const { site, ids } = work;
  const { tools } = site;
  const kind = kindOf(view);
  const detail = viewDetail(view, ids);
  const what = `details of view "${view.title}" of ${nameOf(site, work.table)}`;
  if (kind && Object.keys(detail).length > 0)
    await change(work, what, () => tools.writer.updateViewDetail(kind, there.id, detail, tools.signal));
  await makeViewColumns(work, view, there.id);
  await narrow(work, view, there.id);
  await change(work, what, () => tools.writer.updateView(there.id, viewSettings(view, ids), tools.signal));
  const { lock_type } = view;
  if (isGiven(lock_type) && lock_type !== there.lock_type)
    await change(work, what, () => tools.writer.updateView(there.id, { lock_type }, tools.signal));
  count(tools, 'views');
  if (isGiven(view.uuid))
    tools.warnings.add(`view "${view.title}" of ${nameOf(site, work.table)} was shared: share it again`);
};

const change = async ({ site }: Work, what: string, make: () => Promise<unknown>): Promise<void> => {
  const outcome = await changed(site.tools, make);
  if ('refused' in outcome) site.tools.leftOut.add(what, outcome.refused, '');
};

const foundOrMade = async (work: Work, view: StoredView): Promise<View | undefined> => {
  const { site, target, ids } = work;
  const { api, writer, signal } = site.tools;
  const find = async () =>
    (await api.views(target.id, signal)).find(
      ({ title, type }) => title === view.title && type === view.type,
    );
  const there = await find();
  if (there) return there;
  const kind = kindOf(view);
  const reason = kind === undefined ? unmakeable(view) : lacking(work, view);
  if (!kind || reason !== undefined) {
    note(work, view, reason ?? '');
    return undefined;
  }
  const make = () => writer.createView(target.id, kind, viewBody(view, ids), signal);
  const outcome = await attempted(site.tools, { find, make });
  if ('made' in outcome) return outcome.made;
  note(work, view, outcome.refused);
  return undefined;
};

const unmakeable = ({ type }: StoredView): string =>
  type === 5
    ? 'NocoDB fails to make map views over its API: make it by hand'
    : `this program does not know views of type ${type}`;

const lacking = ({ ids, table }: Work, view: StoredView): string | undefined => {
  const lost = viewNeeds(view).find((id) => !ids.has(id));
  if (lost === undefined) return undefined;
  const title = table.columns.find(({ id }) => id === lost)?.title;
  return `it is built on the column "${title ?? lost}", which is not there`;
};

/** Filters and sorts. */
const narrow = async ({ site, table }: Work, view: StoredView, viewId: string): Promise<void> => {
  const { tools } = site;
  const named = `view "${view.title}" of ${nameOf(site, table)}`;
  await makeFilters(site, {
    stored: view.filters,
    what: `filters of ${named}`,
    present: () => tools.api.viewFilters(viewId, tools.signal),
    create: (filter) => tools.writer.createViewFilter(viewId, filter, tools.signal),
  });
  await makeSorts(site, { view, viewId, what: `sorts of ${named}` });
};

interface Sorts {
  readonly view: StoredView;
  readonly viewId: string;
  readonly what: string;
}

const makeSorts = async ({ base, tools }: Site, { view, viewId, what }: Sorts): Promise<void> => {
  const { api, writer, signal } = tools;
  if (view.sorts.length === 0) return;
  const present = async () => api.viewSorts(viewId, signal);
  for (const { id } of await present()) await writer.deleteSort(String(id), signal);
  for (const sort of view.sorts.toSorted((one, other) => Number(one.order) - Number(other.order))) {
    const column = await base.column(sort.fk_column_id, signal);
    const body = { fk_column_id: column?.id, direction: sort.direction };
    const find = async () => (await present()).find(({ fk_column_id }) => fk_column_id === column?.id);
    const make = () => writer.createSort(viewId, body, signal);
    const outcome = column
      ? await attempted<unknown>(tools, { find, make })
      : { refused: 'its column is not there' };
    if ('refused' in outcome) tools.leftOut.add(what, outcome.refused, String(sort.direction));
  }
};
