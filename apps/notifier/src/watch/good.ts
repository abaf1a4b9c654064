import { type Backup, isGood, summaryOf } from '@nocodb-backup/backup';

/** What can be compared of two backups that both hold it. */
export type Aspect = 'dump' | 'records';

/** A backup that lies somewhere, is whole, and of which nobody has found damage. */
export interface Good {
  readonly id: string;
  readonly endedAt: Date;
  readonly holds: readonly Aspect[];
}

/** The backup, if it is good. */
export const goodOf = (backup: Backup | undefined): Good | undefined => {
  if (!backup?.ending || !isGood(summaryOf(backup, backup.ending.at.time))) return undefined;
  const { id, request, ending } = backup;
  const holds: Aspect[] = [
    ...(request.parts.includes('dump') ? (['dump'] as const) : []),
    ...(request.parts.includes('export') && request.records ? (['records'] as const) : []),
  ];
  return { id, endedAt: ending.at.time, holds };
};
