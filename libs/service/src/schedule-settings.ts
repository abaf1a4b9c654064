import type { Schedule } from '@nocodb-backup/events';
import { Cron } from 'croner';
import { z } from 'zod';
import { flag, integer } from './config.js';
import { ZoneSettings } from './retention-settings.js';

const isCron = (expression: string): boolean => {
  try {
    return new Cron(expression, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
};

/** A cron expression that comes due some time. Days are cron's: 0 and 7 are Sunday, names are accepted. */
export const CronExpression = z
  .string()
  .max(200)
  .refine(isCron, 'must be a cron expression with five fields, such as "15 5 * * *"');

/** When backups come by themselves. */
export const ScheduleSettings = z.object({
  NOCODB_BACKUP_SCHEDULE_ENABLED: flag(true),
  NOCODB_BACKUP_SCHEDULE_MODE: z.enum(['cron', 'interval']).default('cron'),
  NOCODB_BACKUP_SCHEDULE_HOUR: integer(0, 23, 5),
  NOCODB_BACKUP_SCHEDULE_MINUTE: integer(0, 59, 15),
  NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK: z
    .string()
    .max(100)
    .default('*')
    .refine(
      (days) => !/\s/.test(days.trim()) && isCron(`0 0 * * ${days.trim()}`),
      'must be *, or days such as 1-5 or MON,THU (0 is Sunday)',
    ),
  NOCODB_BACKUP_SCHEDULE_CRON: CronExpression.optional(),
  NOCODB_BACKUP_SCHEDULE_INTERVAL_HOURS: integer(1, 168, 24),
  ...ZoneSettings.shape,
});
export type ScheduleSettings = z.infer<typeof ScheduleSettings>;

/** The schedule that the variables describe, switched on or not; a full cron expression comes before hour, minute and day. */
export const scheduleOf = (settings: ScheduleSettings): Schedule => {
  if (settings.NOCODB_BACKUP_SCHEDULE_MODE === 'interval')
    return { mode: 'interval', hours: settings.NOCODB_BACKUP_SCHEDULE_INTERVAL_HOURS };
  const { NOCODB_BACKUP_SCHEDULE_MINUTE: minute, NOCODB_BACKUP_SCHEDULE_HOUR: hour } = settings;
  const daily = `${minute} ${hour} * * ${settings.NOCODB_BACKUP_SCHEDULE_DAY_OF_WEEK.trim()}`;
  return { mode: 'cron', expression: settings.NOCODB_BACKUP_SCHEDULE_CRON ?? daily, timeZone: settings.TZ };
};
