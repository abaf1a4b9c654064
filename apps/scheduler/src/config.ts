import { flag, integer, ZoneSettings } from '@nocodb-backup/service';
import { Cron } from 'croner';
import { z } from 'zod';
import type { Schedule } from './schedule.js';

const isCron = (expression: string): boolean => {
  try {
    return new Cron(expression, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
};

const cron = z
  .string()
  .refine(isCron, 'must be a cron expression with five fields, such as "15 5 * * *"')
  .optional();

/** The schedule's variables. Days are cron's: 0 and 7 are Sunday, names are accepted. */
export const SchedulerConfig = z.object({
  NOCODB_BACKUP_SCHEDULE_ENABLED: flag(true),
  NOCODB_BACKUP_SCHEDULE_MODE: z.enum(['cron', 'interval']).default('cron'),
  NOCODB_BACKUP_SCHEDULE_HOUR: integer(0, 23, 5),
  NOCODB_BACKUP_SCHEDULE_MINUTE: integer(0, 59, 15),
  NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK: z
    .string()
    .default('*')
    .refine(
      (days) => !/\s/.test(days.trim()) && isCron(`0 0 * * ${days.trim()}`),
      'must be *, or days such as 1-5 or MON,THU (0 is Sunday)',
    ),
  NOCODB_BACKUP_SCHEDULE_CRON: cron,
  NOCODB_BACKUP_SCHEDULE_INTERVAL_HOURS: integer(1, 168, 24),
  /** When to read a backup again, and when to restore one on trial: in the same time zone; unset, never. */
  NOCODB_BACKUP_VERIFY_SCHEDULE: cron,
  NOCODB_BACKUP_DRILL_SCHEDULE: cron,
  /** Percent of the attached files that a scheduled verification reads. */
  NOCODB_BACKUP_VERIFY_SAMPLE: integer(1, 100, 100),
  TZ: ZoneSettings.shape.TZ,
});
export type SchedulerConfig = z.infer<typeof SchedulerConfig>;

/** The schedule that the variables describe; a full cron expression comes before hour, minute and day. */
export const scheduleOf = (config: SchedulerConfig): Schedule => {
  if (config.NOCODB_BACKUP_SCHEDULE_MODE === 'interval')
    return { mode: 'interval', hours: config.NOCODB_BACKUP_SCHEDULE_INTERVAL_HOURS };
  const { NOCODB_BACKUP_SCHEDULE_MINUTE: minute, NOCODB_BACKUP_SCHEDULE_HOUR: hour } = config;
  const daily = `${minute} ${hour} * * ${config.NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK.trim()}`;
  return { mode: 'cron', expression: config.NOCODB_BACKUP_SCHEDULE_CRON ?? daily, timeZone: config.TZ };
};

/** The schedule of a cron expression; undefined without one. */
export const cronScheduleOf = (
  expression: string | undefined,
  { TZ }: SchedulerConfig,
): Schedule | undefined =>
  expression === undefined ? undefined : { mode: 'cron', expression, timeZone: TZ };
