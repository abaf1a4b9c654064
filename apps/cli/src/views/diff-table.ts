import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import type { TableComparison } from '../table-diff/compared-table.js';
import type { Difference } from '../table-diff/differences.js';
import { countText, numberText } from './figures.js';
import { oneLine } from './sentence.js';

/** The table of `diff`: what became of each table. */
export const diffTable = (tables: readonly TableComparison[], colors: Colors): string => {
  const shown = tables.filter(({ state }) => state !== 'unchanged');
  const same = tables.length - shown.length;
  const table = new Table({
    head: ['Table', 'State', 'Records', 'Added', 'Changed', 'Removed'].map((name) => colors.bold(name)),
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...shown.map((one) => row(one)));
  return [
    ...(shown.length > 0 ? [table.toString(), ...shown.flatMap(notes)] : []),
    `${countText(tables.length, 'table')} compared, ${numberText(same)} without a change`,
  ].join('\n');
};

const row = (one: TableComparison): string[] => [
  nameOf(one),
  one.state,
  `${numberText(one.records.before)} > ${numberText(one.records.after)}`,
  ...[one.added, one.changed, one.removed].map((count) =>
    one.state === 'not compared' ? '?' : numberText(count),
  ),
];

const nameOf = ({ base, title }: TableComparison): string => `${oneLine(base)} / ${oneLine(title)}`;

const notes = (one: TableComparison): string[] => {
  const { added, removed, renamed } = one.columns;
  const listed = (what: string, titles: readonly string[]) =>
    titles.length > 0 ? [`columns ${what}: ${titles.map(oneLine).join(', ')}`] : [];
  const texts = [
    ...(one.renamedFrom === null ? [] : [`was ${oneLine(one.renamedFrom)}`]),
    ...listed('added', added),
    ...listed('removed', removed),
    ...listed('renamed', renamed),
    ...(one.reason === null ? [] : [`not compared: ${oneLine(one.reason)}`]),
  ];
  return texts.map((text) => `  ${nameOf(one)}: ${text}`);
};

const longest = 60;

/** `+ 17  Name: "Ada"`, `- 17 ...`, `~ 17  Name: "Ada" > "Bob"`. */
export const differenceLine = (difference: Difference, colors: Colors): string => {
  const key = difference.key.map((value) => valueText(value)).join(', ');
  if (difference.change === 'changed') {
    const fields = Object.entries(difference.fields).map(
      ([title, [before, after]]) => `${oneLine(title)}: ${valueText(before)} > ${valueText(after)}`,
    );
    return `${colors.yellow('~')} ${key}  ${fields.join('; ')}`;
  }
  const cells = Object.entries(difference.record).filter(([, value]) => value !== null);
  const text = cells.map(([title, value]) => `${oneLine(title)}: ${valueText(value)}`).join('; ');
  const mark = difference.change === 'added' ? colors.green('+') : colors.red('-');
  return `${mark} ${key}  ${text}`;
};

const valueText = (value: unknown): string => {
  const text = oneLine(JSON.stringify(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};
