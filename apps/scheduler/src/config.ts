import { flag, integer } from '@nocodb-backup/service';
import { Cron } from 'croner';
import { z } from 'zod';
import type { Schedule } from './schedule.js';

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const isCron = (expression: string): boolean => {
  try {
    return new Cron(expression, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
};

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
  NOCODB_BACKUP_SCHEDULE_CRON: z
    .string()
    .refine(isCron, 'must be a cron expression with five fields, such as "15 5 * * *"')
    .optional(),
  NOCODB_BACKUP_SCHEDULE_INTERVAL_HOURS: integer(1, 168, 24),
  TZ: z.string().default('Etc/UTC').refine(isTimeZone, 'must be an IANA time zone, such as Europe/Vienna'),
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
