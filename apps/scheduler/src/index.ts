export { SchedulerConfig, scheduleOf } from './config.js';
export { currentRun, nextRun, type Schedule } from './schedule.js';
export { scheduler } from './service.js';
