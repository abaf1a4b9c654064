export { ensureAge } from './age/ensure-age.js';
export { type MadeUpBackup, madeUpFacts } from './facts/backup-facts.js';
export { ensureIgzip } from './igzip/ensure-igzip.js';
export { type NatsOptions, type NatsServer, startNats } from './nats/start-nats.js';
export { ensureNocoDb, nocodbVersion } from './nocodb/ensure-nocodb.js';
export { type NocoDbOptions, type NocoDbServer, startNocoDb } from './nocodb/start-nocodb.js';
export { ensurePostgres, type EnsureOptions } from './postgres/ensure-postgres.js';
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres/start-postgres.js';
export { cacheFolder } from './process/cache-folder.js';
export { freePort } from './process/free-port.js';
export { mayMount } from './process/may-mount.js';
export { poll } from './process/poll.js';
export { type RunningServer } from './process/run-server.js';
export type {
  LinkType,
  SeededAttachment,
  SeededBase,
  SeededLinks,
  SeededTable,
  SeededWorkspace,
} from './seed/expected.js';
export { type SeedOptions, seedWorkspace } from './seed/seed-workspace.js';
export { seedUglyWorkspace } from './seed/ugly-workspace.js';
export { type SeededNocoDb, type SeededOptions, startSeededNocoDb } from './seeded/start-seeded-nocodb.js';
export { ensureCeph } from './s3/ensure-ceph.js';
export { type S3Options, type S3Server, startS3 } from './s3/start-s3.js';
