import { BackupSettings, contentOf, service } from '@nocodb-backup/service';
import { Clock, Plan } from './clock.js';
import { SchedulerConfig, scheduleOf } from './config.js';
import { Deadlines } from './deadlines.js';

/** Decides when: requests what the schedule plans, closes what is overdue. */
export const scheduler = service({
  name: 'scheduler',
  config: SchedulerConfig.extend(BackupSettings.shape),
  controllers: [Deadlines],
  providers: (config) => {
    const schedule = config.NOCODB_BACKUP_SCHEDULE_ENABLED ? scheduleOf(config) : undefined;
    return [{ provide: Plan, useValue: new Plan(schedule, contentOf(config)) }, Clock];
  },
});
