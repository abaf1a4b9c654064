export { type NatsOptions, type NatsServer, startNats } from './nats/start-nats.js';
export { ensurePostgres, type EnsureOptions } from './postgres/ensure-postgres.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/start-postgres.js';
export { freePort } from './process/free-port.js';
export { poll } from './process/poll.js';
export { type RunningServer } from './process/run-server.js';
