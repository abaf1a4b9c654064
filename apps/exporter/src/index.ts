export { exporter } from './service.js';
