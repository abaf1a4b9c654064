import type { Api, Table } from './api.js';
import type { LinkType, SeededLinks } from './expected.js';
import { type LinkedTables, upTo } from './linked-tables.js';

/** A link column to be made, and which record it links with which. */
export interface LinkPlan {
  readonly from: Table;
  readonly to: Table;
  readonly title: string;
  /** As NocoDB shows it: a count, or the related records themselves. */
  readonly uidt: 'Links' | 'LinkToAnotherRecord';
  readonly type: LinkType;
  readonly version: 1 | 2;
  readonly children: Children;
}

/** The records of the other table, by record of the one. */
type Children = Readonly<Record<number, readonly number[]>>;

type Kind = readonly ['Links' | 'LinkToAnotherRecord', LinkType, 1 | 2];

const count = 'Links';
const nested = 'LinkToAnotherRecord';
const first72 = upTo(72);

/** Every kind of link; two records have 72 of them: more than the 25 after which NocoDB cuts nested lists. */
export const linkPlans = ({ customers, orders, people, tags, contracts }: LinkedTables): LinkPlan[] => [
  plan(customers, orders, ['Aufträge', count, 'hm', 1], { 1: first72, 2: [73, 74, 75], 30: [120] }),
  plan(tags, orders, ['Verschlagwortet', count, 'mm', 2], { 1: first72, 2: [1, 2, 120], 8: [72, 119] }),
  plan(customers, contracts, ['Rahmenvertrag', nested, 'oo', 1], { 1: [10], 2: [9] }),
  plan(customers, contracts, ['Wartungsvertrag', nested, 'oo', 2], { 1: [1], 3: [2] }),
  plan(customers, people, ['Betreuung', count, 'om', 2], { 1: [1, 2, 3], 5: [4] }),
  plan(orders, people, ['Bearbeitet von', nested, 'mo', 2], { 1: [1], 2: [1], 3: [12] }),
  plan(people, tags, ['Themen', nested, 'hm', 1], { 1: [1, 2], 2: [3] }),
  plan(contracts, people, ['Unterzeichnet von', nested, 'bt', 1], { 1: [1], 2: [1] }),
  plan(people, people, ['Team', count, 'hm', 1], { 1: [2, 3, 4], 4: [5] }),
  plan(people, people, ['Vertretung', count, 'mm', 2], { 1: [2, 3], 2: [1], 7: [7] }),
];

const plan = (
  from: Table,
  to: Table,
  [title, ...kind]: readonly [string, ...Kind],
  children: Children,
): LinkPlan => {
  const [uidt, type, version] = kind;
  return { from, to, title, uidt, type, version, children };
};

/** Makes the column and its reverse, links the records, and says what is linked now. */
export const linked = async (
  api: Api,
  { from, to, title, uidt, type, version, children }: LinkPlan,
): Promise<SeededLinks> => {
  const [parentId, childId] = type === 'bt' ? [to.id, from.id] : [from.id, to.id];
  const column = await api.addColumn(from.id, { title, uidt, type, version, parentId, childId });
  const records = Object.keys(children).map(Number);
  for (const record of records) {
    const path = `/api/v2/tables/${from.id}/links/${column.id}/records/${record}`;
    await api.call(
      'POST',
      path,
      children[record]?.map((Id) => ({ Id })),
    );
  }
  const pairs = records.flatMap((record) =>
    (children[record] ?? []).map((other) => [record, other] as const),
  );
  return { columnId: column.id, title, type, version, pairs };
};
