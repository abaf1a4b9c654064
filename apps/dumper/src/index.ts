export { dumper } from './service.js';
