import { type Backup, statusOfPart, storedBytes, tableTitle } from '@nocodb-backup/backup';
import type { Part } from '@nocodb-backup/events';
import type { Colors } from 'picocolors/types.js';
import { barOf, turnOf } from './bar.js';
import { countText, durationText, numberText, sizeText } from './figures.js';
import { type Figures, figuresText } from './figures-text.js';
import { oneLine } from './sentence.js';
import { painted } from './verdict.js';

/** A running backup as of now: its facts, and the last figures of each part that is at work. */
export interface Running {
  readonly backup: Backup;
  readonly figures: ReadonlyMap<string, Figures>;
}

/** At most so many tables are shown at work. */
const TABLES = 4;

/** The lines of a running backup on a terminal; drawn again a few times a second. */
export const progressLines = ({ backup, figures }: Running, now: Date, colors: Colors): string[] => {
  const seconds = (now.getTime() - backup.requestedAt.getTime()) / 1000;
  const turn = turnOf(now);
  return [
    `${colors.bold(backup.id)}  ${durationText(seconds)}`,
    ...backup.request.parts.map((part) => partLine({ backup, figures }, part, { turn, colors })),
    ...tableLines({ backup, figures }).map((line) => colors.dim(line)),
    ...uploadLine(figures.get('upload'), turn),
    colors.dim(backup.settled ? `${turn} writing the manifest` : 'Ctrl-C detaches; the backup goes on'),
  ];
};

/** Parts go to a bucket while others are still being made. */
const uploadLine = (figures: Figures | undefined, turn: string): string[] =>
  figures ? [`${turn} upload ${figuresText(figures)}`] : [];

/** An export begins with its plan. */
const beginning: Readonly<Record<Part, string>> = { dump: 'dump', files: 'files', export: 'plan' };

const partLine = (
  { backup, figures }: Running,
  part: Part,
  { turn, colors }: { readonly turn: string; readonly colors: Colors },
): string => {
  const status = statusOfPart(backup, part);
  if (status === 'awaited') {
    const text = [
      ...tablesBar(backup, part, colors),
      figuresText(figures.get(part) ?? figures.get(beginning[part])),
    ]
      .filter(Boolean)
      .join('  ');
    return `${colors.cyan(turn)} ${part.padEnd(7)}${text || colors.dim('waits for a service')}`;
  }
  const mark = status === 'complete' ? colors.green('✔') : colors.red('✖');
  return `${mark} ${part.padEnd(7)}${painted(status, colors)}  ${sizeText(storedBytes(backup, part))}`;
};

/** Tables tell of themselves, under their id. */
const tableLines = ({ backup, figures }: Running): string[] =>
  (backup.plan?.tables ?? [])
    .filter(({ tableId }) => !backup.tables.has(tableId))
    .flatMap(({ tableId }) => {
      const current = figures.get(tableId);
      return current ? [`    ${oneLine(tableTitle(backup.plan, tableId))}: ${figuresText(current)}`] : [];
    })
    .slice(0, TABLES);

/** Only the export knows beforehand how much there is to do. */
const tablesBar = ({ plan, tables }: Backup, part: Part, colors: Colors): string[] => {
  if (part !== 'export' || !plan || plan.tables.length === 0) return [];
  const bar = barOf(tables.size, plan.tables.length, colors);
  return [`${bar} ${numberText(tables.size)} of ${countText(plan.tables.length, 'table')}`];
};
