import type { RetentionPolicy } from '@nocodb-backup/backup';
import { z } from 'zod';
import { integer } from './config.js';

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** The time zone in which people plan. */
export const ZoneSettings = z.object({
  TZ: z.string().default('Etc/UTC').refine(isTimeZone, 'must be an IANA time zone, such as Europe/Vienna'),
});
export type ZoneSettings = z.infer<typeof ZoneSettings>;

const figure = (fallback: number) => integer(0, 100_000, fallback);

/** How long backups are kept; 0 = no such rule. */
export const RetentionSettings = z.object({
  NOCODB_BACKUP_RETENTION_COUNT: figure(30),
  NOCODB_BACKUP_RETENTION_DAYS: figure(0),
  NOCODB_BACKUP_KEEP_DAILY: figure(0),
  NOCODB_BACKUP_KEEP_WEEKLY: figure(0),
  NOCODB_BACKUP_KEEP_MONTHLY: figure(0),
  NOCODB_BACKUP_KEEP_YEARLY: figure(0),
  NOCODB_BACKUP_RETENTION_INCOMPLETE_DAYS: figure(7),
});
export type RetentionSettings = z.infer<typeof RetentionSettings>;

/** The policy that the variables describe. */
export const retentionPolicyOf = (settings: RetentionSettings & ZoneSettings): RetentionPolicy => ({
  count: settings.NOCODB_BACKUP_RETENTION_COUNT,
  days: settings.NOCODB_BACKUP_RETENTION_DAYS,
  daily: settings.NOCODB_BACKUP_KEEP_DAILY,
  weekly: settings.NOCODB_BACKUP_KEEP_WEEKLY,
  monthly: settings.NOCODB_BACKUP_KEEP_MONTHLY,
  yearly: settings.NOCODB_BACKUP_KEEP_YEARLY,
  incompleteDays: settings.NOCODB_BACKUP_RETENTION_INCOMPLETE_DAYS,
  zone: settings.TZ,
});
