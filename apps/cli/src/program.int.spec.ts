import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { BackupRequested } from '@nocodb-backup/events';
import { freePort, type NatsServer, startNats } from '@nocodb-backup/testing';

const built = join(import.meta.dirname, '../dist/index.js');
const main = `
import { createProgram, processContext, run } from ${JSON.stringify(pathToFileURL(built).href)};
process.exitCode = await run(createProgram(processContext()), process.argv.slice(2));
`;

/** The program as people run it: a process of its own, built by `npm run build`. */
describe('the program', () => {
  let nats: NatsServer;
  let connection: Connection;
  let directory: string;
  let script: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    if (!existsSync(built)) throw new Error(`${built} is missing: run "npm run build" first`);
    nats = await startNats();
    directory = await mkdtemp(join(tmpdir(), 'nocodb-backup-cli-'));
    script = join(directory, 'main.mjs');
    await writeFile(script, main);
    env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: directory };
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
  }, 30_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
    await rm(directory, { recursive: true });
  });

  const started = (
    argv: string[],
    variables: Record<string, string> = {},
    { launcher = [process.execPath], cwd = directory } = {},
  ) => {
    const [command = '', ...first] = launcher;
    const child = spawn(command, [...first, script, ...argv], {
      cwd,
      env: { PATH: process.env.PATH, ...env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out = text(child.stdout);
    const err = text(child.stderr);
    const ended = once(child, 'close').then(async ([code]) => ({
      code: code as number | null,
      out: await out,
      err: await err,
    }));
    return { child, ended };
  };

  it('tells of a configuration that cannot be read, and helps all the same', async () => {
    const broken = join(directory, 'broken');
    await mkdir(join(broken, '.env'), { recursive: true });
    const [help, list] = await Promise.all([
      started(['list', '--help'], {}, { cwd: broken }).ended,
      started(['list'], {}, { cwd: broken }).ended,
    ]);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(list).toMatchObject({ code: 2, out: '' });
    expect(list.err).toMatch(/\.env cannot be read/);
  });

  it('keeps results and remarks apart', async () => {
    expect(await started(['list']).ended).toEqual({
      code: 0,
      out: '',
      err: 'There are no backups yet. Make one: nocodb-backup backup\n',
    });
    expect(await started(['list', '--json']).ended).toEqual({ code: 0, out: '[]\n', err: '' });
  });

  it('ends with 2 for wrong usage, and prints only to stderr', async () => {
    const { code, out, err } = await started(['lsit']).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain("unknown command 'lsit'");
  });

  it('shows a stack only to those who ask for it', async () => {
    const lost = { NATS_URL: `nats://127.0.0.1:${await freePort()}`, NOCODB_BACKUP_DIR: '/none' };
    const [plain, debug] = await Promise.all([
      started(['list'], lost).ended,
      started(['list'], { ...lost, LOG_LEVEL: 'debug' }).ended,
    ]);
    expect(plain).toMatchObject({ code: 1, out: '' });
    expect(plain.err).not.toMatch(/^\s+at /m);
    expect(debug.err).toMatch(/^\s+at /m);
  }, 20_000);

  it('detaches at Ctrl-C, which npx sends twice', async () => {
    const { child, ended } = started(['backup', '--db-only']);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toContain('the backup goes on');
  }, 15_000);

  it('does not mind when nobody reads to the end', async () => {
    const log = new EventLog(connection, 'test');
    const deadline = '2026-02-05T17:15:00Z';
    const common = {
      source: 'default',
      parts: ['dump' as const],
      records: true,
      attachments: true,
      trigger: 'schedule' as const,
    };
    const ids = Array.from({ length: 300 }, (_, index) => `b${index}`);
    for (const backupId of ids)
      await log.append(
        BackupRequested({
          ...common,
          backupId,
          requestedBy: 'x'.repeat(200),
          reason: 'y'.repeat(500),
          deadline,
        }),
      );

    const pipe = 'set -o pipefail; "$0" "$@" | head -n 1';
    const { code, out, err } = await started(
      ['events', '--json'],
      {},
      { launcher: ['bash', '-c', pipe, process.execPath] },
    ).ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ sequence: 1 });
  }, 15_000);

  describe('doctor', () => {
    it('runs every check although some fail, and prints no secret', async () => {
      const port = String(await freePort());
      const variables = {
        DATABASE_HOST: '127.0.0.1',
        DATABASE_PORT: port,
        DATABASE_PASSWORD: 's3cret',
        NOCODB_API_URL: `http://127.0.0.1:${port}`,
        NOCODB_API_TOKEN: 's3cret',
        NOCODB_DATA_PATH: join(directory, 'none'),
      };
      const { code, out } = await started(['doctor', '--json'], variables).ended;
      expect(code).toBe(1);
      expect(out).not.toContain('s3cret');
      const { healthy, checks } = JSON.parse(out) as {
        healthy: boolean;
        checks: { name: string; status: string }[];
      };
      expect(healthy).toBe(false);
      expect(Object.fromEntries(checks.map(({ name, status }) => [name, status]))).toEqual({
        'Node.js': 'ok',
        'event log': 'ok',
        database: 'fail',
        pg_dump: 'warn',
        collation: 'warn',
        'NocoDB API': 'fail',
        'data directory': 'fail',
        'backup directory': 'ok',
        bucket: 'ok',
        encryption: 'ok',
        'last backup': 'warn',
      });
    }, 20_000);

    it('is content with what is not wanted, and before the first start', async () => {
      const off = {
        NOCODB_BACKUP_DATABASE_DUMP: 'no',
        NOCODB_BACKUP_API_EXPORT: 'no',
        NOCODB_DATA_PATH: directory,
      };
      const nothing = {
        NATS_URL: `nats://127.0.0.1:${await freePort()}`,
        NOCODB_BACKUP_DIR: join(directory, 'none'),
      };
      const { code, out, err } = await started(['doctor'], { ...off, ...nothing }).ended;
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^warn {2}event log +nothing answers at nats:.*\n +-> nocodb-backup up starts/m);
      expect(out).toMatch(/^ok {4}backup directory +.*none will be made/m);
    }, 20_000);
  });
});
