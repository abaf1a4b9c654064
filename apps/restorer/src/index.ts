export { restorer } from './service.js';
