/** Every option that differs from what was asked for, as `option: asked X, is Y`. Options not asked for may be anything. */
export const driftOf = (asked: object, got: object): string[] =>
  Object.entries(asked)
    .filter(([option, value]) => text(value) !== text(valueOf(got, option)))
    .map(([option, value]) => `${option}: asked ${text(value)}, is ${text(valueOf(got, option))}`);

/** The server leaves out what is zero, false or empty. */
const absent: readonly string[] = ['false', '0', '""', '[]'];

const text = (value: unknown): string => {
  const json = JSON.stringify(Array.isArray(value) ? value.toSorted() : value);
  return (json as string | undefined) === undefined || absent.includes(json) ? 'unset' : json;
};

const valueOf = (config: object, option: string): unknown => (config as Record<string, unknown>)[option];
