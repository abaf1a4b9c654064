export { BackupSettings, contentOf } from './backup-settings.js';
export { flag, integer, parseConfig } from './config.js';
export { ConfigError } from './config-error.js';
export { type Environment, environment } from './environment.js';
export { createLog, type LogLevel, logLevels, NestLog } from './log.js';
export { version } from './version.js';
