import type { Colors } from 'picocolors/types.js';
import type { KnownBackup } from '../known-backup.js';
import { countText, durationText, sizeText } from './figures.js';
import { oneLine } from './sentence.js';
import { painted } from './verdict.js';

/** The summary with which `backup` ends: verdict, sizes, and what failed with what to do. */
export const backupEnding = (backup: KnownBackup, now: Date, colors: Colors): string => {
  const { id, verdict, parts, failures } = backup;
  const ended = backup.endedAt === null ? now : new Date(backup.endedAt);
  const seconds = (ended.getTime() - new Date(backup.requestedAt).getTime()) / 1000;
  return [
    `${colors.bold(id)}  ${painted(verdict, colors)}  ${sizeText(backup.bytes)} in ${durationText(seconds)}`,
    ...Object.entries(parts).map(
      ([part, { status, bytes }]) =>
        `  ${part.padEnd(8)}${sizeText(bytes).padStart(9)}  ${painted(status, colors)}`,
    ),
    ...(failures.length > 0 ? [colors.red('Not in this backup:')] : []),
    ...failures.map((failure) => `  - ${oneLine(failure)}`),
    ...warned(backup, colors),
    ...nextSteps(backup),
  ].join('\n');
};

const warned = ({ id, warnings }: KnownBackup, colors: Colors): string[] =>
  warnings.length === 0
    ? []
    : [colors.yellow(`${countText(warnings.length, 'warning')}, which nocodb-backup show ${id} lists`)];

const nextSteps = ({ id, verdict }: KnownBackup): string[] => {
  if (verdict === 'complete') return [];
  if (verdict === 'overdue' || verdict === 'running')
    return [
      `It was not finished before its deadline. Do the services run? nocodb-backup doctor, and nocodb-backup show ${id}`,
    ];
  return [`Mend what failed (nocodb-backup doctor helps), then make another one: nocodb-backup backup`];
};
