import { type BackupSettings, contentOf, scheduleOf } from '@nocodb-backup/service';
import { cronScheduleOf, type SchedulerConfig } from './config.js';
import { type BackupPlan, type Duty, Plan } from './duty.js';
import { verificationDuty } from './verification-duty.js';

/** What the variables want to come by itself. */
export const planOf = (config: SchedulerConfig & BackupSettings): Plan =>
  new Plan(backupPlan(config), checkDuties(config));

const backupPlan = (config: SchedulerConfig & BackupSettings): BackupPlan => {
  const common = { content: contentOf(config), overlap: config.NOCODB_BACKUP_OVERLAP };
  const idle = idleReason(config, common.content.parts.length);
  return idle === undefined
    ? { ...common, schedule: scheduleOf(config) }
    : { ...common, schedule: null, idle };
};

const idleReason = (config: SchedulerConfig, parts: number): string | undefined => {
  if (!config.NOCODB_BACKUP_SCHEDULE_ENABLED)
    return 'the schedule is switched off (NOCODB_BACKUP_SCHEDULE_ENABLED=false): no backup comes by itself';
  if (parts > 0) return undefined;
  return 'every part of a backup is switched off: nothing is scheduled. Set NOCODB_BACKUP_DATABASE_DUMP, NOCODB_BACKUP_INCLUDE_FILES or NOCODB_BACKUP_API_EXPORT to true';
};

const checkDuties = (config: SchedulerConfig): Duty[] => {
  const verify = cronScheduleOf(config.NOCODB_BACKUP_VERIFY_SCHEDULE, config);
  const drill = cronScheduleOf(config.NOCODB_BACKUP_DRILL_SCHEDULE, config);
  const percent = config.NOCODB_BACKUP_VERIFY_SAMPLE;
  return [
    ...(verify ? [verificationDuty('verify', verify, percent === 100 ? 'full' : percent / 100)] : []),
    ...(drill ? [verificationDuty('drill', drill, 'full')] : []),
  ];
};
