export { ExporterConfig } from './config.js';
export { Exporter } from './exporter.js';
export { exporter } from './service.js';
export type { Sink } from './sink.js';
export { Source } from './source.js';
