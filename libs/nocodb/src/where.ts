/** Conditions of NocoDB's `where`, by column id: titles may hold commas and parentheses, ids do not. */
export type Position = readonly (readonly [columnId: string, value: number | string])[];

/** All of them must hold. */
export const allOf = (...conditions: readonly (string | undefined)[]): string | undefined => {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length < 2 ? given[0] : given.map(grouped).join('~and');
};

const grouped = (condition: string): string => (condition.includes('~') ? `(${condition})` : condition);

/** What comes after the position, in the order of its columns. */
export const after = ([first, ...rest]: Position): string | undefined => {
  if (first === undefined) return undefined;
  const [column, value] = first;
  const behind = after(rest);
  const greater = `(${column},gt,${value})`;
  return behind === undefined
    ? greater
    : `${greater}~or(${allOf(`(${column},eq,${value})`, behind) ?? behind})`;
};
