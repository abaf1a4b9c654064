export { ensureAge } from './age/ensure-age.js';
export { ensureIgzip } from './compression/ensure-igzip.js';
export { ensureZstd } from './compression/ensure-zstd.js';
export { type MadeUpBackup, madeUpFacts } from './facts/backup-facts.js';
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
export { type Received, type Receiver, type Reply, startReceiver } from './receivers/start-receiver.js';
export { type MailServer, startSmtp } from './receivers/start-smtp.js';
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
export { s3Refusal, type S3Front, type S3Seen, type S3Treatment, startS3Front } from './s3/start-s3-front.js';
export { type S3Options, type S3Server, startS3 } from './s3/start-s3.js';
