import type { Loose, Made } from '@nocodb-backup/nocodb';
import { type Attempted, attempted, changed } from './attempted.js';
import { isGiven } from './column-body.js';
import type { Site } from './site.js';
import type { Tools } from './tools.js';

interface Filters {
  readonly stored: readonly Loose[];
  /** How people know them: `filters of view "Open" of ...`. */
  readonly what: string;
  readonly present: () => Promise<readonly Loose[]>;
  readonly create: (filter: object) => Promise<Made>;
}

/** Makes filters, groups with what is in them. What an earlier attempt made of them is removed first: they are made all, or anew. */
export const makeFilters = async (site: Site, filters: Filters): Promise<void> => {
  const { tools } = site;
  if (filters.stored.length === 0) return;
  const roots = (await filters.present()).filter(({ fk_parent_id }) => !isGiven(fk_parent_id));
  for (const { id } of roots) await removed(tools, String(id));
  const made = new Map<unknown, string>();
  for (const filter of parentsFirst(filters.stored)) {
    const outcome = await makeFilter(site, { filter, made }, filters);
    if ('made' in outcome) made.set(filter.id, outcome.made);
    else tools.leftOut.add(filters.what, outcome.refused, exampleOf(filter));
  }
};

/** One that is not there any more is removed. */
const removed = async (tools: Tools, id: string): Promise<void> => {
  await changed(tools, () => tools.writer.deleteFilter(id, tools.signal));
};

interface One {
  readonly filter: Loose;
  readonly made: ReadonlyMap<unknown, string>;
}

const makeFilter = async (
  { base, tools }: Site,
  { filter, made }: One,
  filters: Filters,
): Promise<Attempted<string>> => {
  const column = await base.column(filter.fk_column_id, tools.signal);
  const parent = made.get(filter.fk_parent_id);
  if (isGiven(filter.fk_column_id) && !column) return { refused: 'their column is not there' };
  if (isGiven(filter.fk_parent_id) && parent === undefined) return { refused: 'their group is not there' };
  const body = { ...settings(filter), ...(column && { fk_column_id: column.id }), fk_parent_id: parent };
  const known = new Set<unknown>(made.values());
  const find = async () => {
    const there = (await filters.present()).find(({ id }) => !known.has(id));
    return there && String(there.id);
  };
  return attempted(tools, { find, make: async () => (await filters.create(body)).id });
};

const exampleOf = ({ comparison_op, value }: Loose): string =>
  [comparison_op, value].filter(isGiven).map(String).join(' ');

const kept = [
  'is_group',
  'logical_op',
  'comparison_op',
  'comparison_sub_op',
  'value',
  'enabled',
  'order',
  'meta',
];

const settings = (filter: Loose): object =>
  Object.fromEntries(kept.map((key) => [key, filter[key]] as const).filter(([, value]) => isGiven(value)));

/** In their order, a group before what is in it. */
const parentsFirst = (filters: readonly Loose[]): readonly Loose[] => {
  const byOrder = filters.toSorted((one, other) => Number(one.order) - Number(other.order));
  const inside = (parent: unknown): readonly Loose[] =>
    byOrder
      .filter(({ fk_parent_id }) => (isGiven(fk_parent_id) ? fk_parent_id === parent : parent === undefined))
      .flatMap((one) => [one, ...inside(one.id)]);
  return inside(undefined);
};
