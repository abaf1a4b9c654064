// A backup of given size that waits to be uploaded, and the real services that do it, each in a process of its own.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import * as e from '@nocodb-backup/events';
import { connect, EventLog, provision } from '@nocodb-backup/messaging';
import { startNats, startS3 } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import { peakResident, saying, startChild } from '../footprint/child.mjs';

const root = join(import.meta.dirname, '../..');
export const backupId = '2026-02-05_05-15-00';
const MIB = 2 ** 20;
const startMs = 60_000;

/** Servers, an event log, and a folder for all that is written. */
export const installed = async ({ signal, cleanUps, partMib }) => {
  const folder = await mkdtemp(join(tmpdir(), 'nocodb-backup-memory-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const [nats, s3] = await Promise.all([startNats({ signal }), startS3({ signal })]);
  cleanUps.push(nats.stop, s3.stop);
  await s3.createBucket('memory');
  const connection = await connect({ servers: nats.url, name: 'bench' });
  cleanUps.push(() => connection.close());
  await provision(connection, []);
  await mkdir(join(folder, 'data'));
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NATS_URL: nats.url,
    NOCODB_BACKUP_DIR: join(folder, 'vault'),
    NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: 'true',
    NOCODB_DATA_PATH: join(folder, 'data'),
    NOCODB_API_URL: 'http://127.0.0.1:9',
    DATABASE_PASSWORD: 'none',
    NOCODB_BACKUP_S3_ENDPOINT_URL: s3.url,
    NOCODB_BACKUP_S3_BUCKET: 'memory',
    NOCODB_BACKUP_S3_REGION: s3.region,
    NOCODB_BACKUP_S3_ACCESS_KEY: s3.accessKeyId,
    NOCODB_BACKUP_S3_SECRET_KEY: s3.secretAccessKey,
    NOCODB_BACKUP_S3_PART_MIB: partMib,
  };
  return { folder, env, log: new EventLog(connection, 'bench'), signal, cleanUps };
};

/** Starts a service; answers how much was resident at most. */
export const started = async ({ env, folder, signal, cleanUps }, name) => {
  const child = startChild([process.execPath, join(root, 'apps', name, 'dist/main.js')], {
    cwd: folder,
    env,
  });
  cleanUps.push(child.end);
  await saying(child, '"msg":"ready"', AbortSignal.any([signal, AbortSignal.timeout(startMs)]));
  return { peak: () => peakResident(child.pid), end: child.end };
};

/** Stages an archive of one sparse file and a dump of comments, neither of them smaller than its contents, and tells the log. */
export const staged = async ({ folder, log }, { fileBytes, dumpBytes }) => {
  const vault = new DirectoryVault(join(folder, 'vault'));
  const wanted = {
    source: 'default',
    records: true,
    attachments: true,
    trigger: 'manual',
    requestedBy: 'bench',
  };
  const deadline = '2099-01-01T00:00:00Z';
  const common = { backupId, seconds: 1, warnings: [] };
  await log.append(e.BackupRequested({ backupId, parts: ['dump', 'files'], deadline, ...wanted }));
  const archive = await archiveOf(folder, fileBytes);
  const files = await vault.stage(backupId, 'files-1').store('nocodb-data.tar.gz', archive.bytes);
  const sql = dumpOf(dumpBytes);
  const attempt = vault.stage(backupId, 'dump-1');
  const dump = await attempt.store('database.sql.gz', sql.bytes);
  const counts = await attempt.store(
    'database.json',
    Readable.from([Buffer.from(JSON.stringify({ server, tables: [] }))]),
  );
  const { collation, version } = server;
  await log.append(
    e.FilesArchived({
      ...common,
      attempt: 'files-1',
      artifacts: [files],
      files: 1,
      tarBytes: archive.count(),
    }),
  );
  await log.append(
    e.DumpCompleted({
      ...common,
      ...{ attempt: 'dump-1', artifacts: [dump, counts], tables: 0, rows: 0, sqlBytes: sql.count() },
      ...{ serverVersion: version, clientVersion: version, collation },
    }),
  );
};

const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const server = { version: '15.18', major: 15, encoding: 'UTF8', collation, sizeBytes: 1 };

/** gzip without compression: as many bytes are stored as there are. */
const stored = (source) => {
  let bytes = 0;
  const gzip = createGzip({ level: 0 });
  source.on('data', (chunk) => (bytes += chunk.length));
  source.on('error', (error) => gzip.destroy(error));
  return { bytes: source.pipe(gzip), count: () => bytes };
};

const archiveOf = async (folder, bytes) => {
  const data = join(folder, 'archived');
  await mkdir(data);
  await writeFile(join(data, 'noco.db'), '');
  await truncate(join(data, 'noco.db'), bytes);
  return stored(
    spawn('tar', ['-C', data, '-cf', '-', 'noco.db'], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
  );
};

const dumpOf = (bytes) => {
  const line = Buffer.from(`-- ${'nothing '.repeat(100)}\n`);
  const block = Buffer.concat(Array(Math.ceil(MIB / line.length)).fill(line));
  const text = function* () {
    yield Buffer.from('--\n-- PostgreSQL database dump\n--\n\n');
    for (let written = 0; written < bytes; written += block.length) yield block;
    yield Buffer.from('--\n-- PostgreSQL database dump complete\n--\n\n');
  };
  return stored(Readable.from(text()));
};

/** Appends what asks for something, and waits for the fact that answers it; throws when the answer is another. */
export const answered = async ({ log, signal }, request, good, bad) => {
  if (request) await log.append(request);
  const about = request?.data ?? { backupId };
  for (;;) {
    const failure = await log.last(bad.subjectFor(about));
    if (failure) throw new Error(`${failure.type}: ${JSON.stringify(failure.data)}`);
    const fact = await log.last(good.subjectFor(about));
    if (fact) return fact.data;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};
