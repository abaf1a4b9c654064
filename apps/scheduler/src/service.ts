import { BackupSettings, retentionPolicyOf, RetentionSettings, service } from '@nocodb-backup/service';
import { BackupRuns } from './backup-runs.js';
import { Clock, SystemClock } from './clock.js';
import { SchedulerConfig } from './config.js';
import { DailyRetention } from './daily-retention.js';
import { Deadlines } from './deadlines.js';
import { Duties } from './duties.js';
import { Plan } from './duty.js';
import { Judge, Keeping } from './judge.js';
import { planOf } from './plan-of.js';
import { Retention } from './retention.js';
import { VersionWatch, Watched } from './version-watch.js';

/** Decides when: requests what the schedule plans, closes what is overdue, and says which backups have expired. */
export const scheduler = service({
  name: 'scheduler',
  config: SchedulerConfig.extend({ ...BackupSettings.shape, ...RetentionSettings.shape }),
  controllers: [Deadlines, Retention],
  providers: (config) => {
    const keeping = new Keeping(config.NOCODB_BACKUP_SOURCE, retentionPolicyOf(config));
    const plan = planOf(config);
    const isWatched = config.NOCODB_BACKUP_ON_NEW_VERSION && plan.backups.schedule !== null;
    const watched = new Watched(config.NOCODB_BACKUP_SOURCE, isWatched ? config.NOCODB_API_URL : undefined);
    return [
      { provide: Plan, useValue: plan },
      { provide: Clock, useClass: SystemClock },
      BackupRuns,
      Duties,
      { provide: Watched, useValue: watched },
      VersionWatch,
      { provide: Keeping, useValue: keeping },
      Judge,
      DailyRetention,
    ];
  },
});
