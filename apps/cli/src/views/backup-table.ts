import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import type { KnownBackup } from '../known-backup.js';
import { checkedText } from './checked-text.js';
import { ageText, countText, sizeText } from './figures.js';
import { oneLine } from './sentence.js';
import { painted } from './verdict.js';

/** The table of `list`, and below it what a person should know of it. */
export const backupTable = (backups: readonly KnownBackup[], now: Date, colors: Colors): string => {
  const table = new Table({
    head: ['#', 'Backup ID', 'Verdict', 'Local', 'S3', 'Size', 'Checked', 'When', 'Why'].map((name) =>
      colors.bold(name),
    ),
    colAligns: ['right', 'left', 'left', 'center', 'center', 'right', 'left', 'left', 'left'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...backups.map((backup, index) => row(backup, index, { now, colors })));
  return [table.toString(), ...notes(backups, now, colors)].join('\n');
};

const row = (
  backup: KnownBackup,
  index: number,
  { now, colors }: { readonly now: Date; readonly colors: Colors },
): string[] => [
  String(index + 1),
  backup.id,
  verdictText(backup, colors),
  presence(backup, 'local', colors),
  presence(backup, 's3', colors),
  sizeText(backup.bytes),
  checkedText(backup, colors),
  ageText(new Date(backup.requestedAt), now),
  whyText(backup),
];

const verdictText = ({ verdict, pinned }: KnownBackup, colors: Colors): string =>
  `${painted(verdict, colors)}${pinned ? ', pinned' : ''}`;

/** `+` there, `-` not there, `!` it should be there and is not. */
const presence = ({ destinations, missingFrom }: KnownBackup, place: string, colors: Colors): string => {
  if (missingFrom.some((name) => isAt(name, place))) return colors.red('!');
  return destinations.some((name) => isAt(name, place)) ? '+' : colors.dim('-');
};

const isAt = (destination: string, place: string): boolean =>
  destination === place || destination.startsWith(`${place}:`);

const whyText = ({ trigger, reason }: KnownBackup): string => {
  const text = reason ? `${trigger}: ${oneLine(reason)}` : trigger;
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const notes = (backups: readonly KnownBackup[], now: Date, colors: Colors): string[] => {
  const gone = backups.filter(({ missingFrom }) => missingFrom.length > 0);
  const damaged = backups.filter(({ damage }) => damage !== null);
  const good = backups.find(isGood);
  return [
    good
      ? `${countText(backups.length, 'backup')}; the last complete one is ${ageText(new Date(good.requestedAt), now)}: ${good.id}`
      : colors.red(
          `${countText(backups.length, 'backup')}; none of them is complete${damaged.length > 0 ? ' and whole' : ''}`,
        ),
    ...(damaged.length > 0
      ? [colors.red(`! a verification or drill found damage: ${damaged.map(({ id }) => id).join(', ')}`)]
      : []),
    ...(gone.length > 0
      ? [
          colors.red(
            `! the log knows of it, but its manifest is gone: ${gone.map(({ id }) => id).join(', ')}`,
          ),
        ]
      : []),
  ];
};

const isGood = ({ verdict, missingFrom, damage }: KnownBackup): boolean =>
  verdict === 'complete' && missingFrom.length === 0 && damage === null;
