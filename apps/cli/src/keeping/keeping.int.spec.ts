import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { backupIdOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type MadeUpBackup, madeUpFacts, type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { Interrupted } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { createProgram } from '../program.js';
import { run } from '../run.js';

const failure = { reason: 'locked until 2027', attempts: 1 };
const both = { destinations: ['local', 's3'] } as const;
const begun = Date.now();
const idAt = (daysAgo: number) => backupIdOf(new Date(begun - daysAgo * 86_400_000));

const collecting = (isTTY: boolean) => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 200 }), text: () => text };
};

describe('keeping and deleting backups', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let directory: string;
  const endings: AbortController[] = [];

  beforeAll(async () => {
    nats = await startNats();
    directory = await mkdtemp(join(tmpdir(), 'keeping-'));
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
  }, 30_000);
  afterEach(() => {
    for (const ending of endings.splice(0)) ending.abort(new Interrupted());
  });
  afterAll(async () => {
    await connection.close();
    await nats.stop();
    await rm(directory, { recursive: true });
  });

  const started = (argv: string[], { isTTY = false, more = {} } = {}) => {
    const [out, err] = [collecting(false), collecting(isTTY)];
    const stdin = Object.assign(new PassThrough(), { isTTY });
    const ending = new AbortController();
    endings.push(ending);
    const env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: join(directory, 'none'), ...more };
    const context: CliContext = {
      environment: () => env,
      stdout: out.stream,
      stderr: err.stream,
      stdin,
      signal: ending.signal,
      now: () => new Date(),
      person: 'ada@desk',
    };
    const ended = run(createProgram(context), argv, env).then((code) => ({
      code,
      out: out.text(),
      err: err.text(),
    }));
    return { ended, err: err.text, stdin };
  };
  const cli = (...argv: string[]) => started(argv).ended;
  const json = async (...argv: string[]) => JSON.parse((await cli(...argv, '--json')).out) as unknown;
  const backup = async (daysAgo: number, made?: MadeUpBackup) => {
    for (const fact of madeUpFacts(idAt(daysAgo), made)) await log.append(fact);
    return idAt(daysAgo);
  };
  const facts = async <Data>(id: string, type: string): Promise<Data[]> =>
    (await Array.fromAsync(log.read(`evt.backup.${id}.${type}.*`))).map(({ data }) => data as Data);
  /** Plays the uploader on the requests of a backup, once there are so many. */
  const answering = async (
    id: string,
    count: number,
    answer: (wish: e.DeletionRequested['data']) => e.Event,
  ) => {
    const wishes = await poll(async () => {
      const found = await facts<e.DeletionRequested['data']>(id, 'DeletionRequested');
      return found.length >= count && found;
    }, AbortSignal.timeout(8000));
    for (const wish of wishes) await log.append(answer(wish));
    return wishes;
  };
  const deleted = ({ backupId, n, destination }: e.DeletionRequested['data']) =>
    e.BackupDeleted({ backupId, n, destination, files: 2, bytes: 2000, warnings: [] });
  const notDeleted = ({ backupId, n, destination }: e.DeletionRequested['data']) =>
    e.DeletionFailed({ backupId, n, destination, failure });

  describe('pin', () => {
    it('pins once, shows it, and unpins', async () => {
      const id = await backup(100);
      await backup(1, both);
      expect(await cli('pin', id, '--reason', 'before the migration')).toMatchObject({
        code: 0,
        out: `${id} is pinned: retention leaves it alone\n`,
      });
      expect(await json('pin', id)).toMatchObject({
        id,
        verdict: 'complete',
        pinned: { by: 'ada@desk', reason: 'before the migration' },
      });
      expect(await facts(id, 'BackupPinned')).toHaveLength(1);
      expect((await cli('list')).out).toMatch(new RegExp(`${id} │ complete, pinned │`));
      expect((await cli('show', id)).out).toContain('pinned     by ada@desk, "before the migration"');
      expect(await json('unpin', id)).toMatchObject({ pinned: null });
    });

    it('knows what it may not pin', async () => {
      expect(await cli('pin', '2020-01-01_00-00-00')).toMatchObject({ code: 10 });
      const legacy = join(directory, 'vault', '2019-01-01_00-00-00');
      await mkdir(legacy, { recursive: true });
      await writeFile(
        join(legacy, 'manifest.json'),
        JSON.stringify({ version: '1.0', nocodb_url: 'x', bases: [] }),
      );
      const more = { NOCODB_BACKUP_DIR: join(directory, 'vault') };
      const ran = await started(['pin', '2019-01-01_00-00-00'], { more }).ended;
      expect(ran).toMatchObject({
        code: 11,
        err: expect.stringContaining('retention never touches it') as unknown,
      });
    });
  });

  describe('delete', () => {
    it('asks for the id, requests it in each place, and the backup is gone from the list', async () => {
      const id = await backup(50, both);
      const { ended, err, stdin } = started(['delete', id], { isTTY: true });
      await poll(() => Promise.resolve(err().includes('type the backup')), AbortSignal.timeout(8000));
      expect(err()).toContain('deleted for good in: local and s3');
      stdin.write(`${id}\n`);
      const wishes = await answering(id, 2, deleted);
      expect(wishes).toMatchObject([
        { destination: 'local', force: false, requestedBy: 'ada@desk' },
        { destination: 's3', force: false },
      ]);
      expect(await ended).toMatchObject({
        code: 0,
        out: expect.stringContaining('deleted in s3: 2 files') as unknown,
      });
      expect(JSON.stringify(await json('list'))).not.toContain(id);
      expect(await json('list', '--all')).toContainEqual(
        expect.objectContaining({ id, verdict: 'deleted', destinations: [] }),
      );
      expect(await cli('delete', id, '--force')).toMatchObject({ code: 10 });
    });

    it('does nothing for another answer, nor where nobody can be asked', async () => {
      const id = await backup(49);
      const { ended, err, stdin } = started(['delete', id], { isTTY: true });
      await poll(() => Promise.resolve(err().includes('type the backup')), AbortSignal.timeout(8000));
      stdin.write('yes\n');
      expect(await ended).toMatchObject({ code: 11 });
      expect(await cli('delete', id)).toMatchObject({ code: 11 });
      expect(await facts(id, 'DeletionRequested')).toEqual([]);
    });

    it('refuses the newest good one and one that is being made, before anybody is asked', async () => {
      const newest = await backup(0.5);
      const running = await backup(0.2, { status: 'running' });
      const ran = await started(['delete', newest], { isTTY: true }).ended;
      expect(ran).toMatchObject({
        code: 11,
        err: expect.stringContaining('the newest good one in local') as unknown,
      });
      expect(await cli('delete', running, '--force')).toMatchObject({ code: 11 });
      expect(await facts('*', 'DeletionRequested')).not.toContainEqual(
        expect.objectContaining({ backupId: newest }),
      );
      expect(await cli('delete', '2020-01-01_00-00-00', '--force')).toMatchObject({ code: 10 });
    });

    it('keeps to the local copy, and tells what a place did not let go', async () => {
      const id = await backup(48, both);
      const local = started(['delete', id, '--local-only', '--force', '--json']).ended;
      expect(await answering(id, 1, deleted)).toMatchObject([{ destination: 'local', force: true }]);
      expect(JSON.parse((await local).out)).toMatchObject({
        id,
        deleted: [{ destination: 'local', files: 2 }],
        failed: [],
      });
      expect(await json('show', id)).toMatchObject({ verdict: 'complete', destinations: ['s3'] });
      expect(await cli('delete', id, '--local-only', '--force')).toMatchObject({ code: 10 });
      const rest = started(['delete', id, '--force']).ended;
      await answering(id, 2, (wish) => (wish.destination === 's3' ? notDeleted : deleted)(wish));
      expect(await rest).toMatchObject({
        code: 1,
        out: expect.stringContaining('locked until 2027') as unknown,
      });
    });
  });

  describe('download', () => {
    it('asks for it, and ends with what became of it', async () => {
      const id = await backup(47, { destinations: ['s3'] });
      const { ended } = started(['download', id]);
      const [wish] = await poll(async () => {
        const found = await facts<e.DownloadRequested['data']>(id, 'DownloadRequested');
        return found.length > 0 && found;
      }, AbortSignal.timeout(8000));
      await log.append(e.Downloaded({ backupId: id, n: wish?.n ?? '', files: 2, bytes: 2000, seconds: 1 }));
      expect(await ended).toMatchObject({
        code: 0,
        out: `${id} lies in the local directory: 2 files, 2.0 kB\n`,
      });
      expect(await json('show', id)).toMatchObject({ destinations: ['local', 's3'] });
      expect(await cli('download', idAt(50))).toMatchObject({ code: 10 });
    });
  });

  describe('a fresh installation', () => {
    it('asks for what only the bucket may know, and for nothing else', async () => {
      const id = '2018-01-01_00-00-00';
      const more = { NOCODB_BACKUP_DIR: directory };
      const argv = ['restore-dump', id, '--force', '--no-wait'];
      expect(await started(argv, { more }).ended).toMatchObject({ code: 10 });
      const bucket = { ...more, NOCODB_BACKUP_S3_BUCKET: 'backups' };
      expect(await started(argv, { more: bucket }).ended).toMatchObject({ code: 0 });
      const [request] = await Array.fromAsync(log.read('evt.restore.*.RestoreRequested'));
      expect(request?.data).toMatchObject({ backupId: id });
    });
  });

  describe('retention', () => {
    const more = { NOCODB_BACKUP_SOURCE: 'crm', NOCODB_BACKUP_RETENTION_COUNT: '1' };
    it('says what stays and why, and touches nothing in a dry run', async () => {
      for (const day of [200, 201, 202]) await backup(day, { source: 'crm', ...both });
      const ran = await started(['retention', '--dry-run'], { more }).ended;
      expect(ran.code).toBe(0);
      expect(ran.out).toContain('6 copies: 2 stay, 4 go');
      expect(ran.out).toMatch(/│ stays │ it is the newest complete one; it is number 1 of the newest 1/);
      const verdicts = await started(['retention', '--dry-run', '--json'], { more }).ended;
      expect(JSON.parse(verdicts.out)).toContainEqual({
        id: idAt(201),
        destination: 's3',
        stays: false,
        reasons: ['no rule keeps it'],
      });
      expect(await facts('*', 'BackupExpired')).toEqual([]);
    });

    it('lets them go only when it may, and then once', async () => {
      expect(await started(['retention'], { more }).ended).toMatchObject({ code: 11 });
      expect(await facts('*', 'BackupExpired')).toEqual([]);
      const ran = await started(['retention', '--force'], { more }).ended;
      expect(ran).toMatchObject({
        code: 0,
        err: expect.stringContaining('4 copies of backups will be deleted') as unknown,
      });
      expect(await facts('*', 'BackupExpired')).toHaveLength(4);
      expect(await json('list')).toContainEqual(
        expect.objectContaining({ id: idAt(202), verdict: 'expired' }),
      );
      await started(['retention', '--force'], { more }).ended;
      expect(await facts('*', 'BackupExpired')).toHaveLength(4);
    });
  });
});
