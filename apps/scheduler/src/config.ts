import type { Schedule } from '@nocodb-backup/events';
import { ApiSettings, CronExpression, flag, integer, ScheduleSettings } from '@nocodb-backup/service';
import { z } from 'zod';

/** The schedulers' variables. */
export const SchedulerConfig = ScheduleSettings.extend({
  /** What becomes of a planned run while another backup of the source is running. */
  NOCODB_BACKUP_OVERLAP: z.enum(['skip', 'queue']).default('skip'),
  /** A backup as soon as NocoDB answers with another version; asked without the token. */
  NOCODB_BACKUP_ON_NEW_VERSION: flag(true),
  NOCODB_API_URL: ApiSettings.shape.NOCODB_API_URL,
  /** When to read a backup again, and when to restore one on trial: in the same time zone; unset, never. */
  NOCODB_BACKUP_VERIFY_SCHEDULE: CronExpression.optional(),
  NOCODB_BACKUP_DRILL_SCHEDULE: CronExpression.optional(),
  /** Percent of the attached files that a scheduled verification reads. */
  NOCODB_BACKUP_VERIFY_SAMPLE: integer(1, 100, 100),
});
export type SchedulerConfig = z.infer<typeof SchedulerConfig>;

/** The schedule of a cron expression; undefined without one. */
export const cronScheduleOf = (
  expression: string | undefined,
  { TZ }: SchedulerConfig,
): Schedule | undefined =>
  expression === undefined ? undefined : { mode: 'cron', expression, timeZone: TZ };
