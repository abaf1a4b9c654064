import type { Column } from '@nocodb-backup/nocodb';
import { describing, isGiven } from './column-body.js';

/** Gives the id on the target of a column of the backup. */
export type IdOf = (storedColumnId: unknown) => string | undefined;

/** The ids of the columns that a computed one is worked out from. */
export const needsOf = ({ uidt, colOptions }: Column): readonly string[] => {
  const named = (references[uidt] ?? []).map((key) => colOptions?.[key]).filter(isText);
  return [...named, ...formulaIds(colOptions?.formula)];
};

const references: Readonly<Record<string, readonly string[]>> = {
  Lookup: ['fk_relation_column_id', 'fk_lookup_column_id'],
  Rollup: ['fk_relation_column_id', 'fk_rollup_column_id'],
  QrCode: ['fk_qr_value_column_id'],
  Barcode: ['fk_barcode_value_column_id'],
};

/** NocoDB keeps a formula with the ids of its columns, in one or two pairs of braces. */
const formulaIds = (formula: unknown): readonly string[] =>
  isText(formula) ? [...formula.matchAll(/\{\{?(\w{10,})\}?\}/g)].map(([, id]) => id ?? '') : [];

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * The request for a computed column; undefined when something that it names is not on the target. `hookOf` gives the id of a
 * webhook, which a button may call.
 */
export const computedBody = (column: Column, idOf: IdOf, hookOf: IdOf): object | undefined => {
  const ids = named(column, idOf, hookOf);
  if (Object.values(ids).includes(undefined)) return undefined;
  return { ...describing(column), ...ids, ...settings(column) };
};

const named = ({ uidt, colOptions }: Column, idOf: IdOf, hookOf: IdOf) => {
  const keys = references[uidt] ?? [];
  const ids = Object.fromEntries(keys.map((key) => [key, idOf(colOptions?.[key])]));
  const hook = colOptions?.fk_webhook_id;
  return isText(hook) ? { ...ids, fk_webhook_id: hookOf(hook) } : ids;
};

const kept: Readonly<Record<string, readonly string[]>> = {
  Rollup: ['rollup_function'],
  Formula: ['formula_raw'],
  Barcode: ['barcode_format'],
  Button: ['type', 'label', 'theme', 'color', 'icon', 'formula_raw'],
};

const settings = ({ uidt, colOptions }: Column) => {
  const given = (kept[uidt] ?? []).map((key) => [key, colOptions?.[key]] as const);
  return Object.fromEntries(given.filter(([, value]) => isGiven(value)));
};

/** A formula as people see it: with titles. Where a title in it is no longer that of a column, it is put together from the ids. */
export const formulaOf = (column: Column, siblings: readonly Column[]): string | undefined => {
  const { formula_raw: raw, formula } = column.colOptions ?? {};
  const titles = new Set(siblings.map(({ title }) => title));
  if (isText(raw) && mentionedIn(raw).every((title) => titles.has(title))) return raw;
  if (!isText(formula)) return isText(raw) ? raw : undefined;
  return formula.replace(/\{\{?(\w{10,})\}?\}/g, (whole, id: string) => {
    const sibling = siblings.find((one) => one.id === id);
    return sibling ? `{${sibling.title}}` : whole;
  });
};

/** The columns that a formula names: `{Title}`, but not within a text of the formula. */
const mentionedIn = (formula: string): string[] =>
  [...formula.matchAll(/\{([^{}]+)\}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g)].flatMap(
    ([, title]) => title ?? [],
  );

export interface InOrder<T> {
  /** Each after what it needs. */
  readonly ordered: readonly T[];
  /** They need each other in a circle. */
  readonly stuck: readonly T[];
}

/** Puts what is needed before what needs it, else in the given order; what is not among `all` is taken for given. */
export const inDependencyOrder = <T>(
  all: readonly T[],
  idOf: (one: T) => string,
  needs: (one: T) => readonly string[],
): InOrder<T> => {
  const waiting = new Map(all.map((one) => [idOf(one), one]));
  const ordered: T[] = [];
  for (let before = -1; before !== ordered.length;) {
    before = ordered.length;
    for (const [id, one] of waiting) {
      if (needs(one).some((need) => need !== id && waiting.has(need))) continue;
      waiting.delete(id);
      ordered.push(one);
    }
  }
  return { ordered, stuck: [...waiting.values()] };
};
