import { type BackupSettings, contentOf } from '@nocodb-backup/service';
import { backupDuty } from './backup-duty.js';
import { cronScheduleOf, type SchedulerConfig, scheduleOf } from './config.js';
import { type Duty, Plan } from './duty.js';
import { verificationDuty } from './verification-duty.js';

/** What the variables want to come by itself. */
export const planOf = (config: SchedulerConfig & BackupSettings): Plan => {
  const checks = checkDuties(config);
  if (!config.NOCODB_BACKUP_SCHEDULE_ENABLED)
    return new Plan(
      checks,
      'the schedule is switched off (NOCODB_BACKUP_SCHEDULE_ENABLED=false): no backup comes by itself',
    );
  const content = contentOf(config);
  if (content.parts.length > 0) return new Plan([backupDuty(scheduleOf(config), content), ...checks]);
  return new Plan(
    checks,
    'every part of a backup is switched off: nothing is scheduled. Set NOCODB_BACKUP_DATABASE_DUMP, NOCODB_BACKUP_INCLUDE_FILES or NOCODB_BACKUP_API_EXPORT to true',
  );
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
