export { DumperConfig } from './config.js';
export { dumper } from './service.js';
