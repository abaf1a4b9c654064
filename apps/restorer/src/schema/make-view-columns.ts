import type { StoredView, Table } from '@nocodb-backup/nocodb';
import { changed } from './attempted.js';
import type { NewIds } from './new-ids.js';
import { nameOf, type Site } from './site.js';
import { viewColumnBody } from './view-body.js';

interface Work {
  readonly site: Site;
  readonly table: Table;
  readonly ids: NewIds;
}

interface Change {
  /** As the backup calls the column. */
  readonly title: string;
  readonly body: { readonly id: string } & object;
}

/** Shows, hides and orders the columns of a view: all at once, or one by one where NocoDB refuses that. */
export const makeViewColumns = async (work: Work, view: StoredView, viewId: string): Promise<void> => {
  const { writer, signal } = work.site.tools;
  const changes = changesOf(work, view);
  if (changes.length === 0) return;
  const all = changes.map(({ body }) => body);
  const outcome = await changed(work.site.tools, () => writer.updateViewColumns(viewId, all, signal));
  if ('refused' in outcome) await oneByOne(work, view, { viewId, changes });
};

/** In the order in which the backup lists them: their numbers may be equal, and NocoDB then orders them as it likes. */
const changesOf = ({ ids, table }: Work, { columns }: StoredView): readonly Change[] =>
  columns.flatMap((shown, index) => {
    const id = ids.get(String(shown.fk_column_id));
    const title = table.columns.find((column) => column.id === shown.fk_column_id)?.title ?? '';
    return id === undefined ? [] : [{ title, body: { ...viewColumnBody(shown, ids), order: index + 1, id } }];
  });

interface Changes {
  readonly viewId: string;
  readonly changes: readonly Change[];
}

/** Versions before 0.301 know no other way; and one column that is refused shall not cost the others. */
const oneByOne = async (
  { site, table }: Work,
  view: StoredView,
  { viewId, changes }: Changes,
): Promise<void> => {
  const { api, writer, signal, leftOut } = site.tools;
  const present = await api.viewColumns(viewId, signal);
  const what = `columns in view "${view.title}" of ${nameOf(site, table)}`;
  for (const { title, body } of changes) {
    const { id, ...change } = body;
    const there = present.find(({ fk_column_id }) => fk_column_id === id);
    if (!there) continue;
    const make = () => writer.updateViewColumn(viewId, String(there.id), change, signal);
    const outcome = await changed(site.tools, make);
    if ('refused' in outcome) leftOut.add(what, outcome.refused, title);
  }
};
