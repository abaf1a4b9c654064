import { retentionPolicyOf } from '@nocodb-backup/service';
import type { NotifierConfig } from '../config.js';
import { Watch } from './rules.js';

/** What is watched, as the variables say; nothing while alerts are switched off. */
export const watchOf = (config: NotifierConfig): Watch =>
  new Watch({
    isWanted: config.NOCODB_BACKUP_ALERT_ENABLED,
    source: config.NOCODB_BACKUP_SOURCE,
    directory: config.NOCODB_BACKUP_DIR,
    maxAgeHours: config.NOCODB_BACKUP_ALERT_MAX_AGE_HOURS,
    shrinkPercent: config.NOCODB_BACKUP_ALERT_SHRINK_PERCENT,
    diskFreePercent: config.NOCODB_BACKUP_ALERT_DISK_FREE_PERCENT,
    retentionDays: config.NOCODB_BACKUP_ALERT_RETENTION_DAYS,
    policy: retentionPolicyOf(config),
  });
