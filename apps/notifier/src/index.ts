export { notifier } from './service.js';
export { testChannels } from './test-channels.js';
export { alertFacts } from './watch/alert-facts.js';
export { History } from './watch/history.js';
export { Observatory } from './watch/observatory.js';
export { Watch } from './watch/rules.js';
