import { z } from 'zod';

const PATTERN = /^(\d{4}-\d{2}-\d{2})_(\d{2})-(\d{2})-(\d{2})$/;

/** The UTC instant that a backup was planned for, as its name: `2026-02-05_05-15-00`. Names sort by age. */
export const backupIdOf = (instant: Date): string => {
  const [date = '', time = ''] = instant.toISOString().split(/[T.]/);
  return `${date}_${time.replaceAll(':', '-')}`;
};

/** The instant that the id names, or undefined for a string that is no backup id. */
export const instantOf = (id: string): Date | undefined => {
  const [, date, hours, minutes, seconds] = PATTERN.exec(id) ?? [];
  const instant = new Date(`${date ?? ''}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}Z`);
  return Number.isNaN(instant.getTime()) || backupIdOf(instant) !== id ? undefined : instant;
};

export const BackupId = z
  .string()
  .refine((id) => instantOf(id) !== undefined, 'must be a backup id such as 2026-02-05_05-15-00');
