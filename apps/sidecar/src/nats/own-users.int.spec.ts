import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProgram, run } from '@nocodb-backup/cli';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import {
  freePort,
  poll,
  type PostgresServer,
  type Receiver,
  startPostgres,
  startReceiver,
} from '@nocodb-backup/testing';
import { services } from '../services.js';
import { passwordOf, type ShippedNats, startShippedNats } from './shipped-nats.harness.js';

describe('every service with a NATS user of its own', () => {
  let nats: ShippedNats;
  let postgres: PostgresServer;
  let hook: Receiver;
  let sandbox: string;
  let common: Record<string, string>;
  const running: RunningService[] = [];

  const envOf = (user: string) => ({ ...common, NATS_USER: user, NATS_PASSWORD: passwordOf(user) });

  /** A verb, as the user `cli`. */
  const cli = async (...argv: string[]) => {
    const texts = { out: '', err: '' };
    const into = (name: 'out' | 'err') =>
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          texts[name] += chunk.toString();
          done();
        },
      });
    const env = envOf('cli');
    const context = {
      environment: () => env,
      stdout: into('out'),
      stderr: into('err'),
      stdin: Readable.from(['']),
      signal: AbortSignal.timeout(60_000),
      now: () => new Date(),
      person: 'ada@desk',
    };
    const code = await run(createProgram(context), argv, env);
    return { code, ...texts };
  };

  beforeAll(async () => {
    sandbox = await mkdtemp(join(tmpdir(), 'own-users-'));
    await mkdir(join(sandbox, 'data'));
    await writeFile(join(sandbox, 'data/logo.png'), 'png');
    [nats, postgres, hook] = await Promise.all([startShippedNats(), startPostgres(), startReceiver()]);
    common = {
      NATS_URL: `nats://${nats.address}`,
      DATABASE_URL: await postgres.createDatabase('nocodb', 'noco'),
      NOCODB_DATA_PATH: join(sandbox, 'data'),
      NOCODB_BACKUP_DIR: join(sandbox, 'vault'),
      NOCODB_BACKUP_HTTP_PORT: String(await freePort()),
      // Nobody answers there: the export fails at its only attempt.
      NOCODB_API_URL: `http://127.0.0.1:${await freePort()}`,
      NOCODB_API_TOKEN: 'token',
      NOCODB_BACKUP_ATTEMPTS: '1',
      NOCODB_BACKUP_ALERT_ENABLED: 'true',
      NOCODB_BACKUP_ALERT_CHANNELS: 'webhook',
      NOCODB_BACKUP_ALERT_LEVEL: 'all',
      NOCODB_BACKUP_WEBHOOK_URL: hook.url,
    };
    for (const service of services) {
      const logger = new NestLog(createLog(service.name, 'fatal'));
      running.push(await startService(service, { env: envOf(service.name), logger }));
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await Promise.all([nats.stop(), postgres.stop(), hook.stop()]);
    await rm(sandbox, { recursive: true, force: true });
  }, 60_000);

  it('does all of its work, and none of it is refused', async () => {
    expect(await cli('backup')).toMatchObject({ code: 3 });
    const { out } = await cli('list', '--json');
    const [{ id, verdict } = {}] = JSON.parse(out) as { id?: string; verdict?: string }[];
    expect(verdict).toBe('partial');
    expect(await cli('verify', String(id))).toMatchObject({ code: 0 });
    expect(await cli('rebuild')).toMatchObject({ code: 0 });
    await poll(() => Promise.resolve(hook.received.length > 0), AbortSignal.timeout(20_000));
    expect((await cli('pin', String(id))).code).toBe(0);

    const events = (await cli('events', '--json')).out;
    // A service's name and its instance; the catalog appends nothing.
    const sources = [...events.matchAll(/"source":"(\w+)\//g)].map(([, source]) => source);
    expect([...new Set(sources)].sort()).toEqual(
      ['dumper', 'exporter', 'notifier', 'restorer', 'scheduler', 'uploader'].sort(),
    );
    expect(await nats.log()).not.toMatch(/violation/i);
  }, 120_000);

  it('cannot be the wrong one', async () => {
    const [first] = services;
    if (!first) throw new Error('there are no services');
    const logger = new NestLog(createLog(first.name, 'fatal'));
    await expect(startService(first, { env: envOf('exporter'), logger })).rejects.toThrow(
      /permissions violation for publish to .*notifier/i,
    );
    expect(await nats.log()).toMatch(/violation/i);
  });
});
