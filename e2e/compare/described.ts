import { exempt } from './exempt.js';
import { isInternal, type Names } from './names.js';
import type { Loose, RawBase, RawHook, RawTable, RawView } from './raw-base.js';

type Described = ReadonlyMap<string, unknown>;

export interface DescribeOptions {
  /** Whether hooks are active is not compared: a restore may leave them switched off. */
  readonly anyHookState?: boolean;
}

/** A base's definition without ids: titles, orders as lists of titles, references as the titles of what they name. */
export const described = (raw: RawBase, names: Names, options: DescribeOptions = {}): Described =>
  new Map<string, unknown>([
    ['base', plain(raw.base, names)],
    ['order of tables', raw.tables.map(({ title }) => title)],
    ...raw.tables.map((table) => [`table "${table.title}"`, tableOf(table, raw, names, options)] as const),
  ]);

const tableOf = (
  { columns, views, hooks, ...table }: RawTable,
  raw: RawBase,
  names: Names,
  options: DescribeOptions,
) => {
  const shown = inOrder(columns).filter((column) => !isInternal(column, raw));
  const named = (id: string) => nameOf(id, names).replace(`table "${table.title}".`, '');
  const hidden = new Set(columns.filter((column) => isInternal(column, raw)).map(({ id }) => id));
  return new Map<string, unknown>([
    ['table', plain(table, names)],
    ['order of columns', shown.map(({ id }) => named(id))],
    ...shown.map((column) => [`column "${named(column.id)}"`, plain(column, names)] as const),
    ['order of views', inOrder(views).map(({ title }) => title)],
    ...views.map((view) => [`view "${view.title}"`, viewOf(view, names, hidden)] as const),
    ...numbered(hooks).map(([title, hook]) => [`hook "${title}"`, hookOf(hook, names, options)] as const),
  ]);
};

const viewOf = (
  { columns, filters, sorts, detail, view, ...own }: RawView,
  names: Names,
  hidden: ReadonlySet<string>,
) => {
  const shown = inOrder(columns).filter(({ fk_column_id }) => !hidden.has(String(fk_column_id)));
  const title = (column: Loose) => nameOf(String(column.fk_column_id), names);
  return new Map<string, unknown>([
    ['view', plain(own, names)],
    ['detail', plain({ ...(view as Loose), ...detail, columns: undefined }, names)],
    ['order of columns', shown.map(title)],
    ['columns', new Map(shown.map((column) => [title(column), plain(column, names)]))],
    ['filters', treeOf(filters, names)],
    ['sorts', inOrder(sorts).map((sort) => plain(sort, names))],
  ]);
};

const hookOf = ({ filters, ...hook }: RawHook, names: Names, { anyHookState = false }: DescribeOptions) =>
  new Map<string, unknown>([
    ['hook', plain(anyHookState ? { ...hook, active: undefined } : hook, names)],
    ['filters', treeOf(filters, names)],
  ]);

/** Filters with those of each group inside it. */
const treeOf = (filters: readonly Loose[], names: Names, parent: unknown = null): readonly unknown[] =>
  inOrder(filters)
    .filter(({ fk_parent_id }) => (fk_parent_id ?? null) === parent)
    .map((filter) => ({ ...plain(filter, names), children: treeOf(filters, names, filter.id) }));

/** Without what is exempt, with names for ids. Nothing, no and empty are the same in a definition, never in a cell. */
const plain = (value: unknown, names: Names): object => Object.fromEntries(entriesOf(value, names));

const entriesOf = (value: unknown, names: Names) =>
  Object.entries((value ?? {}) as Loose)
    .filter(([key]) => !exempt.has(key))
    .map(([key, inner]) => [nameOf(key, names), valueOf(parsed(key, inner), names)] as const)
    .filter(([, inner]) => !isNothing(inner));

const valueOf = (value: unknown, names: Names): unknown => {
  if (typeof value === 'string') return nameOf(value, names);
  if (Array.isArray(value)) return ordered(value).map((item) => valueOf(item, names));
  if (typeof value === 'object' && value !== null) return plain(value, names);
  return value;
};

/** Lists of things that say their order are listed in it. */
const ordered = (values: readonly unknown[]) =>
  values.every((value) => typeof value === 'object' && value !== null && 'order' in value)
    ? inOrder(values as readonly Loose[])
    : values;

const isNothing = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const jsonTexts = new Set(['meta', 'notification']);

const parsed = (key: string, value: unknown): unknown =>
  jsonTexts.has(key) && typeof value === 'string' && value !== '' ? JSON.parse(value) : value;

const nameOf = (text: string, names: Names) =>
  text.replaceAll(/[a-z0-9]{14,20}/g, (word) => names.get(word) ?? word);

const inOrder = <T extends Loose>(things: readonly T[]): readonly T[] =>
  things.toSorted((one, other) => place(one) - place(other));

const place = ({ order }: Loose) =>
  typeof order === 'number' ? order : Number(order ?? Number.MAX_SAFE_INTEGER);

/** Hooks may have equal titles: the second one is `Title (2)`. */
const numbered = (hooks: readonly RawHook[]) =>
  hooks.map((hook, index) => {
    const before = hooks.slice(0, index).filter(({ title }) => title === hook.title).length;
    return [before === 0 ? hook.title : `${hook.title} (${before + 1})`, hook] as const;
  });
