export { type ConfigFile, permissionFiles } from './nats/permission-files.js';
export { up } from './up.js';
