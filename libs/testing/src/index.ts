export { type NatsOptions, type NatsServer, startNats } from './nats/start-nats.js';
export { freePort } from './process/free-port.js';
export { poll } from './process/poll.js';
