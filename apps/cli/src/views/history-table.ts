import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import type { TableState } from '../table-history/table-history.js';
import { numberText, sizeText } from './figures.js';
import { oneLine } from './sentence.js';

/** The table of `history`. */
export const historyTable = (states: readonly TableState[], colors: Colors): string => {
  const table = new Table({
    head: ['Backup ID', 'Table', 'Records', 'Links', 'Files', 'Size', 'Content', 'Change'].map((name) =>
      colors.bold(name),
    ),
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...states.map((state) => row(state, colors)));
  return table.toString();
};

const row = (state: TableState, colors: Colors): string[] => [
  state.backupId,
  `${oneLine(state.base)} / ${oneLine(state.title)}`,
  ...[state.records, state.links, state.attachments].map((count) =>
    count === null ? '-' : numberText(count),
  ),
  state.bytes === null ? '-' : sizeText(state.bytes),
  state.contentHash?.slice(0, 12) ?? '-',
  changeText(state, colors),
];

const changeText = ({ status, change }: TableState, colors: Colors): string => {
  if (status !== 'exported') return colors.red(status);
  if (!change) return 'first seen';
  if (change.unchanged) return colors.dim('unchanged');
  const parts = (['records', 'links', 'attachments'] as const).flatMap((noun) =>
    change[noun] === 0
      ? []
      : [
          `${change[noun] > 0 ? '+' : '-'}${numberText(Math.abs(change[noun]))} ${noun === 'attachments' ? 'files' : noun}`,
        ],
  );
  const isLess = change.records < 0 || change.links < 0 || change.attachments < 0;
  if (parts.length === 0) return change.unchanged === null ? 'same counts' : 'changed, same counts';
  return isLess ? colors.yellow(`SHRUNK ${parts.join(', ')}`) : parts.join(', ');
};
