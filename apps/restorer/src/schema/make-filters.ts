import { type Loose, type Made, NocoDbError, UncertainError } from '@nocodb-backup/nocodb';
import { isGiven } from './column-body.js';
import type { Site } from './site.js';

interface Filters {
  readonly stored: readonly Loose[];
  /** How people know them: `filters of view "Open" of ...`. */
  readonly what: string;
  readonly present: () => Promise<readonly Loose[]>;
  readonly create: (filter: object) => Promise<Made>;
}

/** Makes filters, groups with what is in them. What an earlier attempt made of them is removed first: they are made all, or anew. */
export const makeFilters = async (site: Site, filters: Filters): Promise<void> => {
  for (let tries = 3; ; tries--) {
    try {
      if (await cleared(site, filters)) await makeAll(site, filters);
      return;
    } catch (error) {
      if (!(error instanceof UncertainError) || tries === 1) throw error;
    }
  }
};

/** Removes those of an earlier attempt; false where there never were any and none are wanted. */
const cleared = async ({ tools }: Site, { present, stored }: Filters): Promise<boolean> => {
  if (stored.length === 0) return false;
  const roots = (await present()).filter(({ fk_parent_id }) => !isGiven(fk_parent_id));
  for (const { id } of roots) await tools.writer.deleteFilter(String(id), tools.signal);
  return true;
};

const makeAll = async (site: Site, filters: Filters): Promise<void> => {
  const made = new Map<unknown, string>();
  const refused: Refused[] = [];
  for (const filter of parentsFirst(filters.stored)) {
    const outcome = await makeOne(site, { filter, made }, filters);
    if (typeof outcome === 'string') made.set(filter.id, outcome);
    else refused.push(outcome);
  }
  for (const { reason, example } of refused) site.tools.leftOut.add(filters.what, reason, example);
};

interface Refused {
  readonly reason: string;
  readonly example: string;
}

interface One {
  readonly filter: Loose;
  readonly made: ReadonlyMap<unknown, string>;
}

/** The id of the new filter, or why there is none. */
const makeOne = async (
  { base, tools }: Site,
  { filter, made }: One,
  filters: Filters,
): Promise<string | Refused> => {
  const column = await base.column(filter.fk_column_id, tools.signal);
  const parent = made.get(filter.fk_parent_id);
  const example = [filter.comparison_op, filter.value].filter(isGiven).map(String).join(' ');
  if (isGiven(filter.fk_column_id) && !column) return { reason: 'their column is not there', example };
  if (isGiven(filter.fk_parent_id) && parent === undefined)
    return { reason: 'their group is not there', example };
  const body = { ...settings(filter), ...(column && { fk_column_id: column.id }), fk_parent_id: parent };
  try {
    return (await filters.create(body)).id;
  } catch (error) {
    if (!(error instanceof NocoDbError) || error instanceof UncertainError) throw error;
    return { reason: error.message, example };
  }
};

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
