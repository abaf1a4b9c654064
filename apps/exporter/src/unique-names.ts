import { folded, safeName } from './safe-name.js';

export interface Titled {
  readonly id: string;
  readonly title: string;
}

const longest = 80;

/**
 * A folder name for each, by id: its title made safe. Where two would be one folder on some file system, all of these carry
 * their ids. The order of the input does not matter.
 */
export const uniqueNames = (things: readonly Titled[]): ReadonlyMap<string, string> => {
  const withId = new Set<string>();
  for (;;) {
    const names = new Map(things.map((thing) => [thing.id, nameOf(thing, withId.has(thing.id))]));
    const fresh = colliding(names).filter((id) => !withId.has(id));
    if (fresh.length === 0) return names;
    for (const id of fresh) withId.add(id);
  }
};

/** As `uniqueNames`, where names must not tell titles. */
export const uniqueIds: typeof uniqueNames = (things) =>
  uniqueNames(things.map(({ id }) => ({ id, title: id })));

const nameOf = ({ id, title }: Titled, withId: boolean): string => {
  if (!withId) return safeName(title, longest);
  const suffix = `-${suffixOf(id)}`;
  return safeName(title, longest) + suffix;
};

/** Ids that differ in case alone would still be one folder. */
const suffixOf = (id: string): string => (id === folded(id) ? id : `~${Buffer.from(id).toString('hex')}`);

const colliding = (names: ReadonlyMap<string, string>): string[] => {
  const groups = Map.groupBy(names, ([, name]) => folded(name));
  return [...groups.values()].filter(({ length }) => length > 1).flatMap((group) => group.map(([id]) => id));
};
