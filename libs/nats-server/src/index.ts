export { findNatsServer } from './find-nats-server.js';
export { type Greeting, greetingOf } from './greeting.js';
export { type Address, loopbackAddress } from './loopback-address.js';
