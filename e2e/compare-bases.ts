import type { Api } from './api.js';
import { described, type DescribeOptions } from './compare/described.js';
import { type Difference, differencesIn } from './compare/difference.js';
import { differencesOfLinks } from './compare/links.js';
import { differencesOfNextId } from './compare/next-id.js';
import { namesOf } from './compare/names.js';
import { rawBase } from './compare/raw-base.js';
import { differencesOfOrder, differencesOfRecords, type Pair, type Side } from './compare/records.js';

export { type Difference, lineOf } from './compare/difference.js';

/** Where a base is. */
export interface ComparedBase {
  readonly api: Api;
  readonly baseId: string;
}

export interface CompareOptions extends DescribeOptions {
  /** Whether the next record gets the same id: a record is inserted on both sides, and removed again. */
  readonly nextIds?: boolean;
  /** How many differences are enough; 1,000 if not given. */
  readonly limit?: number;
}

/**
 * In what two bases differ, be it on one server or on two: definitions, every cell and file, every link, orders, views, hooks. Empty when
 * they are equal. What is not compared stands in `compare/exempt.ts`; comments, members' roles and shares are not looked at.
 */
export const differencesOf = async (
  left: ComparedBase,
  right: ComparedBase,
  options: CompareOptions = {},
): Promise<Difference[]> => {
  const { limit = 1_000 } = options;
  const differences: Difference[] = [];
  for await (const difference of all(await sideOf(left), await sideOf(right), options)) {
    differences.push(difference);
    if (differences.length >= limit) break;
  }
  return differences;
};

const sideOf = async ({ api, baseId }: ComparedBase): Promise<Side> => {
  const raw = await rawBase(api, baseId);
  return { api, raw, names: namesOf(raw) };
};

const all = async function* (left: Side, right: Side, options: CompareOptions): AsyncGenerator<Difference> {
  yield* differencesIn(
    '',
    described(left.raw, left.names, options),
    described(right.raw, right.names, options),
  );
  for (const pair of pairsOf(left, right)) {
    yield* differencesOfRecords(pair);
    yield* differencesOfOrder(pair);
    if (options.nextIds === true) yield* await differencesOfNextId(pair);
  }
  yield* differencesOfLinks(left, right);
};

const pairsOf = (left: Side, right: Side): Pair[] =>
  left.raw.tables.flatMap((table) => {
    const other = right.raw.tables.find(({ title }) => title === table.title);
    return other ? [{ title: table.title, left: { ...left, table }, right: { ...right, table: other } }] : [];
  });
