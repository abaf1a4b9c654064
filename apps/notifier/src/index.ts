export { notifier } from './service.js';
export { testChannels } from './test-channels.js';
