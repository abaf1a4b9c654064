/** A base or table, as a backup and NocoDB both name it. */
export interface Titled {
  readonly id: string;
  readonly title: string;
}

export interface Matches<T extends Titled> {
  /** What is on the target, by the id in the backup; what is missing here is not there. */
  readonly found: ReadonlyMap<string, T>;
  /** Titles that the target has in another number than the backup, with its ids: nobody can tell which is which. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which base (or table) of the target is which of the backup: the same id for certain, else the same title. Titles of bases need
 * not be unique: where backup and target have equally many of one title, they are paired in their order.
 */
export const matched = <T extends Titled>(stored: readonly Titled[], present: readonly T[]): Matches<T> => {
  const found = new Map<string, T>();
  for (const { id } of stored) {
    const same = present.find((one) => one.id === id);
    if (same) found.set(id, same);
  }
  const taken = new Set([...found.values()].map(({ id }) => id));
  const ambiguous = new Map<string, readonly string[]>();
  const lost = Map.groupBy(
    stored.filter(({ id }) => !found.has(id)),
    ({ title }) => title,
  );
  const free = Map.groupBy(
    present.filter(({ id }) => !taken.has(id)),
    ({ title }) => title,
  );
  for (const [title, ours] of lost) {
    const theirs = free.get(title) ?? [];
    if (theirs.length > 0 && theirs.length !== ours.length)
      ambiguous.set(
        title,
        theirs.map(({ id }) => id),
      );
    else theirs.forEach((one, index) => found.set(ours[index]?.id ?? '', one));
  }
  return { found, ambiguous };
};
