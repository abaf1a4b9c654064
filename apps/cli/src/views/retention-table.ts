import type { PlacedVerdict } from '@nocodb-backup/backup';
import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import { ageText, countText } from './figures.js';

/** The table of `retention`: each copy, whether it stays, and why; and how many go. */
export const retentionTable = (
  plan: readonly PlacedVerdict[],
  { now, colors }: { readonly now: Date; readonly colors: Colors },
): string => {
  if (plan.length === 0) return 'There are no backups that retention could judge.';
  const table = new Table({
    head: ['Backup ID', 'In', 'When', '', 'Why'].map((name) => colors.bold(name)),
    style: { head: [], border: [], compact: true },
  });
  for (const verdict of plan) table.push(row(verdict, now, colors));
  const going = plan.filter(({ stays }) => !stays).length;
  const sum = `${countText(plan.length, 'copy', 'copies')}: ${plan.length - going} stay, ${going} ${going === 1 ? 'goes' : 'go'}`;
  return [table.toString(), sum].join('\n');
};

const row = (
  { id, destination, stays, reasons, backup }: PlacedVerdict,
  now: Date,
  colors: Colors,
): string[] => [
  id,
  destination,
  ageText(backup.requestedAt, now),
  stays ? colors.green('stays') : colors.yellow('goes'),
  reasons.join('; '),
];
