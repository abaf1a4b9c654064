import type { Row } from '../api.js';
import type { Difference } from './difference.js';
import { isInternal, type Names } from './names.js';
import type { Loose, RawColumn, RawTable } from './raw-base.js';
import { pages, type Side } from './records.js';

/** Every link that is kept in a junction table. Those in a foreign key are cells of the record that has it. */
export const differencesOfLinks = async function* (left: Side, right: Side): AsyncGenerator<Difference> {
  const rights = new Map(junctionLinks(right).map((link) => [link.name, link]));
  for (const link of junctionLinks(left)) {
    const other = rights.get(link.name);
    if (other) yield* differencesOfJunction(link.name, [left, link], [right, other]);
  }
};

interface JunctionLink {
  readonly name: string;
  readonly options: Loose;
}

/** One link column of each junction: the other side's is the same pairs, turned around. */
const junctionLinks = ({ raw, names }: Side): JunctionLink[] =>
  raw.tables.flatMap((table) =>
    table.columns
      .filter((column) => !isInternal(column, raw) && isOwner(column, table, names))
      .map((column) => linkOf(column, table)),
  );

const isOwner = ({ title, colOptions }: RawColumn, table: RawTable, names: Names) => {
  const junction = colOptions?.fk_mm_model_id;
  return (
    typeof junction === 'string' && names.get(junction) === `junction of table "${table.title}".${title}`
  );
};

const linkOf = ({ title, colOptions }: RawColumn, table: RawTable) => ({
  name: `table "${table.title}" / links of "${title}"`,
  options: colOptions ?? {},
});

const differencesOfJunction = async function* (
  path: string,
  [left, link]: readonly [Side, JunctionLink],
  [right, other]: readonly [Side, JunctionLink],
): AsyncGenerator<Difference> {
  const rights = pairsOf(right, other);
  let next = await rights.next();
  for await (const pair of pairsOf(left, link)) {
    for (; next.done !== true && isBefore(next.value, pair); next = await rights.next())
      yield { path, left: undefined, right: next.value };
    if (next.done !== true && String(next.value) === String(pair)) next = await rights.next();
    else yield { path, left: pair, right: undefined };
  }
  for (; next.done !== true; next = await rights.next()) yield { path, left: undefined, right: next.value };
};

type LinkedIds = readonly [number, number];

const isBefore = (one: LinkedIds, other: LinkedIds) =>
  one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);

const pairsOf = async function* (
  { api, raw }: Side,
  { options }: JunctionLink,
): AsyncGenerator<LinkedIds, undefined> {
  const junction = raw.junctions.find(({ id }) => id === options.fk_mm_model_id);
  const columns = [options.fk_mm_child_column_id, options.fk_mm_parent_column_id];
  const titles = columns.map((id) => junction?.columns.find((column) => column.id === id)?.title ?? '');
  const path = `/api/v2/tables/${junction?.id ?? ''}/records?fields=${columns.join()}&sort=${columns.join()}`;
  for await (const row of pages(api, path)) yield [idIn(row, titles[0]), idIn(row, titles[1])];
  return undefined;
};

const idIn = (row: Row, title = '') => Number(row[title]);
