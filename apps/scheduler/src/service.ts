import { BackupSettings, retentionPolicyOf, RetentionSettings, service } from '@nocodb-backup/service';
import { Clock } from './clock.js';
import { SchedulerConfig } from './config.js';
import { DailyRetention } from './daily-retention.js';
import { Deadlines } from './deadlines.js';
import { Plan } from './duty.js';
import { Judge, Keeping } from './judge.js';
import { planOf } from './plan-of.js';
import { Retention } from './retention.js';

/** Decides when: requests what the schedule plans, closes what is overdue, and says which backups have expired. */
export const scheduler = service({
  name: 'scheduler',
  config: SchedulerConfig.extend({ ...BackupSettings.shape, ...RetentionSettings.shape }),
  controllers: [Deadlines, Retention],
  providers: (config) => {
    const keeping = new Keeping(config.NOCODB_BACKUP_SOURCE, retentionPolicyOf(config));
    return [
      { provide: Plan, useValue: planOf(config) },
      Clock,
      { provide: Keeping, useValue: keeping },
      Judge,
      DailyRetention,
    ];
  },
});
