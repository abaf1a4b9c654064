import { type Backup, numberText, sizeText, tableTitle } from '@nocodb-backup/backup';
import { firstOf } from '../told/message.js';
import type { Condition } from './condition.js';

/** Fewer lost records than this are no news, whatever share of a small table they are. */
const fewestRecords = 10;
const fewestBytes = 10_000;

/** Compares a complete backup with the one before it: what has lost so many percent is told, as somebody may have deleted it by mistake. */
export const shrunkenConditions = (newest: Backup, before: Backup, percent: number): Condition[] => {
  const losses = [...dumpLoss(newest, before, percent), ...tableLosses(newest, before, percent)];
  if (percent === 0 || losses.length === 0) return [];
  const { id, request, ending, requestedAt } = newest;
  return [
    {
      kind: 'shrunken',
      source: request.source,
      backupId: id,
      level: 'warning',
      title: `Much less data than before: ${request.source}`,
      lines: [
        `Backup ${id} is complete, but holds much less than ${before.id}:`,
        ...firstOf(losses, `nocodb-backup show ${id}`),
      ],
      next: [
        `If that was a mistake, keep the backup before it, and restore from it:`,
        `nocodb-backup pin ${before.id}`,
        `nocodb-backup inspect ${before.id}`,
      ],
      since: ending?.at.time ?? requestedAt,
    },
  ];
};

const isLoss = (was: number, is: number, { percent, least }: { percent: number; least: number }): boolean =>
  was - is >= least && is <= was * (1 - percent / 100);

const dumpLoss = (newest: Backup, before: Backup, percent: number): string[] => {
  if (newest.dump.state !== 'succeeded' || before.dump.state !== 'succeeded') return [];
  const [was, is] = [before.dump.data.sqlBytes, newest.dump.data.sqlBytes];
  if (!isLoss(was, is, { percent, least: fewestBytes })) return [];
  return [`database dump: ${sizeText(is)}, before ${sizeText(was)}`];
};

const tableLosses = (newest: Backup, before: Backup, percent: number): string[] => {
  if (newest.export.state !== 'succeeded' || !newest.request.records) return [];
  return [...before.tables].flatMap(([tableId, outcome]) => {
    const was = outcome.state === 'succeeded' ? outcome.data.records : 0;
    const now = newest.tables.get(tableId);
    const is = now?.state === 'succeeded' ? now.data.records : 0;
    if (!isLoss(was, is, { percent, least: fewestRecords })) return [];
    const title = tableTitle(before.plan, tableId);
    return [
      now
        ? `table ${title}: ${numberText(is)} records, before ${numberText(was)}`
        : `table ${title} is gone; it had ${numberText(was)} records`,
    ];
  });
};
