export { scheduler } from './service.js';
