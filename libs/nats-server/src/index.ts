export { findNatsServer } from './find-nats-server.js';
export { type Greeting, greetingOf } from './greeting.js';
