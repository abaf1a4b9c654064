import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, EventLog, provision } from '@nocodb-backup/messaging';
import { freePort, madeUpFacts, type NatsServer, startNats } from '@nocodb-backup/testing';

const run = promisify(execFile);
const main = join(import.meta.dirname, '../dist/main.js');
const id = '2026-01-01_05-00-00';

describe('up --log-only', () => {
  let old: NatsServer;
  let root: string;
  let env: Record<string, string | undefined>;
  let up: ChildProcess;

  beforeAll(async () => {
    old = await startNats();
    const connection = await connect({ servers: old.url, name: 'test' });
    await provision(connection, []);
    for (const fact of madeUpFacts(id)) await new EventLog(connection, 'test').append(fact);
    await connection.close();
    root = await mkdtemp(join(tmpdir(), 'nocodb-backup-log-'));
    const NATS_URL = `nats://127.0.0.1:${await freePort()}`;
    env = { PATH: process.env.PATH, HOME: process.env.HOME, NATS_URL, NOCODB_BACKUP_STATE_DIR: root };
    up = spawn(process.execPath, [main, 'up', '--log-only'], { env, stdio: 'ignore' });
  }, 60_000);
  afterAll(async () => {
    up.kill('SIGKILL');
    await old.stop();
    await rm(root, { recursive: true, force: true });
  });
  const cli = async (argv: readonly string[], more: Record<string, string> = {}) =>
    run(process.execPath, [main, ...argv], { env: { ...env, NOCODB_BACKUP_DIR: root, ...more } });

  it('is a log without services, which an exported one fills', async () => {
    const file = join(root, 'log.ndjson');
    await cli(['export-log', '--output', file], { NATS_URL: old.url });
    expect((await cli(['import-log', file])).stdout).toContain('3 facts imported');
    expect(JSON.parse((await cli(['list', '--json'])).stdout)).toMatchObject([{ id, verdict: 'complete' }]);
  }, 60_000);

  it('starts nothing beside a server that is there', async () => {
    await expect(cli(['up', '--log-only'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/a nats-server answers there already.*Stop that first/),
    });
  }, 60_000);

  it('ends in good order when it is told to', async () => {
    const ended = once(up, 'exit');
    up.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }, 60_000);
});
