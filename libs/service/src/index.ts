export { BackupSettings, contentOf } from './backup-settings.js';
export { flag, integer, parseConfig } from './config.js';
export { ConfigError } from './config-error.js';
export { type Environment, environment } from './environment.js';
export { HealthConfig, type HealthServer, isReady, serveHealth } from './health-server.js';
export { createLog, type LogLevel, NestLog } from './log.js';
export { connectOptions, NatsConfig } from './nats-config.js';
export {
  ApiSettings,
  DataSettings,
  LocalCopySettings,
  StagingSettings,
  VaultSettings,
} from './place-settings.js';
export { readBackup } from './read-backup.js';
export { readLyingBackups } from './read-lying-backups.js';
export { retentionPolicyOf, RetentionSettings, ZoneSettings } from './retention-settings.js';
export { lifeOf, LogConfig, main } from './run.js';
export { currentRun, nextRun } from './schedule.js';
export { CronExpression, scheduleOf, ScheduleSettings } from './schedule-settings.js';
export { type Service, service } from './service.js';
export { type RunningService, ServiceConfig, startService, type StartOptions } from './start-service.js';
export { onStopSignal } from './stop-signal.js';
export { version } from './version.js';
