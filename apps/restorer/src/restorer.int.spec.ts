import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import {
  RestoreCompleted,
  RestoreFailed,
  RestorePlanned,
  RestoreRefused,
  RestoreRequested,
  RestoreStepCompleted,
} from '@nocodb-backup/events';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { type RunningService, startService } from '@nocodb-backup/service';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { tarOf } from './files/archives.harness.js';
import { BACKUP, fill, Sandbox, treeOf } from './files/files.harness.js';
import { restorer } from './service.js';

jest.setTimeout(30_000);
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const quiet = Object.fromEntries(
  ['log', 'warn', 'error', 'debug', 'verbose', 'fatal'].map((level) => [level, () => undefined]),
);
const OLD = { 'old.db': 'old' };
const NEW = { 'new.db': 'new' };
let nats: NatsServer;
let connection: Connection;
let log: EventLog;
let sandbox: Sandbox;
let running: RunningService[] = [];
beforeAll(async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  log = new EventLog(connection, 'cli');
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(async () => {
  sandbox = await Sandbox.make();
  await fill(sandbox.data, OLD);
  await sandbox.seal(
    tarOf([
      { path: 'new.db', content: 'new' },
      { path: '/etc/absolute', content: 'x' },
    ]),
  );
});
afterEach(async () => {
  await stop();
  await sandbox.remove();
});

const start = async (env: Record<string, string> = {}) => {
  const logger = quiet as unknown as LoggerService;
  const service = await startService(restorer, { env: sandbox.env({ NATS_URL: nats.url, ...env }), logger });
  running.push(service);
  return service;
};
const stop = async () => {
  await Promise.all(running.map((service) => service.stop()));
  running = [];
};
let day = 0;
const request = async (over: Partial<RestoreRequested['data']> = {}) => {
  const restoreId = `2026-11-${String(++day).padStart(2, '0')}_05-15-00`;
  const event = RestoreRequested({
    restoreId,
    backupId: BACKUP,
    source: 'default',
    kind: 'files',
    scope: {},
    options: {},
    planOnly: false,
    requestedBy: 'spec',
    ...over,
  });
  return { restoreId, requested: (await log.append(event)).recorded };
};
const fact = async <Data>(
  type: { subjectFor(data: object): string; read(data: unknown, from: number): Data },
  of: object,
) => {
  const { data, version } = await poll(() => log.last(type.subjectFor(of)), AbortSignal.timeout(15_000));
  return type.read(data, version);
};
const facts = (restoreId: string) => Array.fromAsync(log.read(`evt.restore.${restoreId}.>`));
const typesOf = async (restoreId: string) => (await facts(restoreId)).map(({ type }) => type);
const allDone = (service: RunningService) =>
  poll(async () => {
    const { lanes } = await service.health();
    return lanes.every(({ pending, ackPending, running }) => pending + ackPending + running === 0);
  }, AbortSignal.timeout(15_000));
const DONE = ['RestoreRequested', 'RestorePlanned', 'RestoreStepCompleted', 'RestoreCompleted'];

describe('the restorer', () => {
  it('plans, does the steps, and sums up; every fact belongs to the restore', async () => {
    await start();
    const { restoreId, requested } = await request();
    expect(await fact(RestoreCompleted, { restoreId })).toEqual({
      restoreId,
      counts: { files: 1, bytes: 3 },
      leftOutCount: 1,
      warnings: [],
      next: expect.arrayContaining([expect.stringMatching(/^Start NocoDB again/)]),
    });
    expect(treeOf(sandbox.data)).toEqual(NEW);
    expect(await typesOf(restoreId)).toEqual(DONE);
    for (const { correlationId, causationId } of (await facts(restoreId)).slice(1))
      expect({ correlationId, causationId }).toEqual({ correlationId: restoreId, causationId: requested.id });
  });

  it('ends with the plan when that is all that is wanted, and touches nothing', async () => {
    const service = await start();
    const { restoreId } = await request({ planOnly: true });
    expect((await fact(RestorePlanned, { restoreId })).steps).toMatchObject([{ key: 'files' }]);
    await allDone(service);
    expect(await typesOf(restoreId)).toEqual(['RestoreRequested', 'RestorePlanned']);
    expect(await readdir(sandbox.data)).toEqual(['old.db']);
  });

  it('refuses what was asked for so long ago that nobody counts on it any more, unless it had begun', async () => {
    const service = await start();
    const notAfter = new Date(Date.now() - 1000).toISOString();
    const { restoreId } = await request({ notAfter });
    expect((await fact(RestoreRefused, { restoreId })).reason).toMatch(/ask for it again/);
    expect(await readdir(sandbox.data)).toEqual(['old.db']);
    await service.stop();
    running = [];
    const begun = await request({ notAfter });
    await log.append(RestorePlanned({ restoreId: begun.restoreId, steps: [], warnings: [] }));
    await start();
    expect(await fact(RestoreCompleted, begun)).toMatchObject({ counts: {} });
  });

  it('refuses what would do harm, once, and touches nothing', async () => {
    const nocodb = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(nocodb, 'listening');
    try {
      await start({ NOCODB_API_URL: `http://127.0.0.1:${(nocodb.address() as AddressInfo).port}` });
      const { restoreId } = await request();
      expect((await fact(RestoreRefused, { restoreId })).reason).toMatch(/NocoDB seems to run/);
      expect(await typesOf(restoreId)).toEqual(['RestoreRequested', 'RestoreRefused']);
      expect(await readdir(sandbox.data)).toEqual(['old.db']);
    } finally {
      nocodb.closeAllConnections();
      nocodb.close();
    }
  });

  it('fails at once, and touches nothing, when the backup is damaged or is not there', async () => {
    const path = join(sandbox.root, 'vault', BACKUP, 'nocodb-data.tar.gz');
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
    await writeFile(path, bytes);
    await start();
    const { restoreId } = await request();
    const { failure } = await fact(RestoreFailed, { restoreId });
    expect(failure).toMatchObject({
      attempts: 1,
      reason: expect.stringMatching(/nocodb-data\.tar\.gz.*its bytes have changed/s),
    });
    expect(await typesOf(restoreId)).toEqual(['RestoreRequested', 'RestorePlanned', 'RestoreFailed']);
    const other = await request({ backupId: '2020-01-01_00-00-00' });
    expect((await fact(RestoreFailed, other)).failure.reason).toMatch(/2020-01-01_00-00-00/);
    expect(await readdir(sandbox.data)).toEqual(['old.db']);
  });

  it('restores without a key the part that is not encrypted, and refuses the others', async () => {
    const path = join(sandbox.root, 'vault', BACKUP, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { artifacts: object[] };
    const dump = { path: 'database.sql.gz.age', bytes: 1, sha256: '0'.repeat(64), part: 'dump' };
    const mixed = {
      ...manifest,
      artifacts: [...manifest.artifacts, dump],
      encryption: { format: 'age', recipients: ['age1ada'] },
    };
    await writeFile(path, JSON.stringify(mixed));
    await start();
    const refused = await request({ kind: 'dump' });
    expect((await fact(RestoreRefused, refused)).reason).toMatch(/encrypted for age1ada, and no secret key/);
    expect(await fact(RestoreCompleted, await request())).toMatchObject({ counts: { files: 1 } });
    expect(treeOf(sandbox.data)).toEqual(NEW);
  });

  it('does it once, though all of history is delivered again, and to two replicas', async () => {
    const service = await start();
    const { restoreId } = await request();
    await fact(RestoreCompleted, { restoreId });
    await allDone(service);
    const { lanes } = await service.health();
    await stop();
    await fill(sandbox.data, { since: 'since' });
    for (const { durable } of lanes) await connection.jsm.consumers.delete('EVENTS', durable);
    await Promise.all((await Promise.all([start(), start()])).map(allDone));
    expect(await typesOf(restoreId)).toEqual(DONE);
    expect(treeOf(sandbox.data)).toEqual({ since: 'since', ...NEW });
  });
});

describe('an attempt that follows a killed one', () => {
  const step = (key: string) => ({ key, title: key, action: key, target: null, existing: null });
  const done = { target: null, counts: { files: 10 }, warnings: ['w'], seconds: 1 };
  const leftOut = [{ what: 'x', reason: 'y', count: 2, examples: [] }];

  it('keeps to the recorded plan, does only what is not recorded, and sums up all of it', async () => {
    const { restoreId, requested } = await request();
    const planned = RestorePlanned({
      restoreId,
      steps: [step('first'), step('files')],
      warnings: ['p', 'w'],
    });
    await log.append(planned, requested);
    await log.append(RestoreStepCompleted({ restoreId, key: 'first', ...done, leftOut }), requested);
    await start();
    expect(await fact(RestoreCompleted, { restoreId })).toMatchObject({
      counts: { files: 11, bytes: 3 },
      leftOutCount: 3,
      warnings: ['p', 'w'],
    });
    const keys = (await facts(restoreId)).map(({ data }) => (data as { key?: string }).key);
    expect(keys).toEqual([undefined, undefined, 'first', 'files', undefined]);
    expect(treeOf(sandbox.data)).toEqual(NEW);
  });

  it('does nothing again when every step is recorded', async () => {
    const { restoreId, requested } = await request();
    await log.append(RestorePlanned({ restoreId, steps: [step('files')], warnings: [] }), requested);
    await log.append(RestoreStepCompleted({ restoreId, key: 'files', ...done, leftOut: [] }), requested);
    await start();
    expect(await fact(RestoreCompleted, { restoreId })).toMatchObject({
      counts: { files: 10 },
      leftOutCount: 0,
    });
    expect(treeOf(sandbox.data)).toEqual(OLD);
  });

  it('fails, and does not claim that nothing was touched, when a later step is refused', async () => {
    const { restoreId, requested } = await request();
    const nocodb = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(nocodb, 'listening');
    const planned = RestorePlanned({ restoreId, steps: [step('first'), step('files')], warnings: [] });
    await log.append(planned, requested);
    await log.append(RestoreStepCompleted({ restoreId, key: 'first', ...done, leftOut }), requested);
    try {
      await start({ NOCODB_API_URL: `http://127.0.0.1:${(nocodb.address() as AddressInfo).port}` });
      const { failure } = await fact(RestoreFailed, { restoreId });
      expect(failure.reason).toMatch(/NocoDB seems to run.*earlier steps of this restore are done/);
    } finally {
      nocodb.closeAllConnections();
      nocodb.close();
    }
  });
});
