export { uploader } from './service.js';
