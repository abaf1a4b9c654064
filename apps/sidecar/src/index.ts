export { embeddedNats, type EmbeddedNats } from './embedded-nats.js';
export { up } from './up.js';
