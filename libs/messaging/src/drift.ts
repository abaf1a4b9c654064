/** An option that is not as it was asked for. */
export interface Drift {
  readonly option: string;
  readonly asked: string;
  readonly is: string;
}

/** Thrown when the server holds a stream or consumer that differs from what this version needs. */
export class DriftError extends Error {
  override readonly name = 'DriftError';
}

/** Every option that differs from what was asked for. Options not asked for may be anything. */
export const driftOf = (asked: object, got: object): Drift[] =>
  Object.entries(asked)
    .map(([option, value]) => ({
      option,
      asked: text(option, value),
      is: text(option, (got as Record<string, unknown>)[option]),
    }))
    .filter((drift) => drift.asked !== drift.is);

/** Throws a DriftError that names every differing option, if there is one. */
export const refuseDrift = (what: string, drift: readonly Drift[]): void => {
  if (drift.length === 0) return;
  const options = drift.map(({ option, asked, is }) => `${option}: asked ${asked}, is ${is}`).join('; ');
  throw new DriftError(
    `${what} is not as asked for (${options}). It was made by another version or by hand, or the server is too old; it was left as it is. Edit these options with the nats command line (nats stream edit, nats consumer edit), then start again.`,
  );
};

/** The server leaves out what is zero, false or empty. */
const absent: readonly string[] = ['false', '0', '""', '[]'];
const nanoseconds: readonly string[] = ['ack_wait', 'max_age', 'duplicate_window'];

const text = (option: string, value: unknown): string => {
  const json = JSON.stringify(Array.isArray(value) ? value.toSorted() : value) as string | undefined;
  if (json === undefined || absent.includes(json)) return 'unset';
  return nanoseconds.includes(option) ? `${Number(value) / 1e9} s` : json;
};
