import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision, tellProgress } from '@nocodb-backup/messaging';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { Interrupted } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { createProgram } from '../program.js';
import { run } from '../run.js';

const patience = () => AbortSignal.timeout(8000);
const backupId = '2026-02-05_05-15-00';
const artifact = { path: 'database.sql.gz', bytes: 1000, sha256: '0'.repeat(64) };
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const versions = { serverVersion: '15.18', clientVersion: '15.18', collation };
const step = { key: 't1', title: '"Orders" of base "CRM"', action: 'insert 3 records', target: null };
const planned = (restoreId: string, warnings: string[] = []) =>
  e.RestorePlanned({ restoreId, steps: [{ ...step, existing: 7 }], warnings });
const leftOut = { what: 'records of "Orders"', reason: 'invalid email', count: 2, examples: ['4', '8'] };
const effect = { target: 'm1', counts: { records: 3 }, warnings: [], seconds: 1 };
const done = (restoreId: string, left: e.LeftOut[] = []) =>
  e.RestoreStepCompleted({ restoreId, key: 't1', ...effect, leftOut: left });
const ending = { counts: { records: 3 }, warnings: [], next: ['Start NocoDB'] };
const completed = (restoreId: string, leftOutCount = 0) =>
  e.RestoreCompleted({ restoreId, ...ending, leftOutCount });
const failed = (restoreId: string) =>
  e.RestoreFailed({ restoreId, failure: { reason: 'the disk is full', attempts: 5 } });
const refused = (restoreId: string) => e.RestoreRefused({ restoreId, reason: 'NocoDB is connected' });

const collecting = (isTTY: boolean) => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, finished) => {
      text += chunk.toString();
      finished();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 100 }), text: () => text };
};

/** What a failed test leaves behind would keep the process alive. */
const endings: AbortController[] = [];

describe('a restore', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let directory: string;

  beforeAll(async () => {
    nats = await startNats();
    directory = await mkdtemp(join(tmpdir(), 'nocodb-backup-cli-'));
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    log = new EventLog(connection, 'test');
    await backedUp(backupId, ['dump', 'files']);
  }, 30_000);
  afterEach(() => {
    for (const ending of endings.splice(0)) ending.abort(new Interrupted());
  });
  afterAll(async () => {
    await connection.close();
    await nats.stop();
    await rm(directory, { recursive: true });
  });

  const backedUp = async (id: string, parts: e.Part[], whole: e.Part[] = parts) => {
    const content = { source: 'default', records: true, attachments: true, trigger: 'manual' as const };
    const deadline = '2026-02-05T17:15:00Z';
    await log.append(e.BackupRequested({ backupId: id, parts, ...content, requestedBy: 'ada', deadline }));
    const common = { backupId: id, attempt: 'a1', artifacts: [artifact], seconds: 1, warnings: [] };
    if (whole.includes('dump'))
      await log.append(e.DumpCompleted({ ...common, ...versions, sqlBytes: 9000, tables: 2, rows: 3 }));
    if (whole.includes('files')) await log.append(e.FilesArchived({ ...common, files: 3, tarBytes: 9 }));
    else await log.append(e.FilesArchiveFailed({ backupId: id, failure: { reason: 'no', attempts: 1 } }));
  };

  const started = (argv: string[], { isTTY = false, vault = join(directory, 'elsewhere') } = {}) => {
    const [out, err] = [collecting(false), collecting(isTTY)];
    const stdin = Object.assign(new PassThrough(), { isTTY });
    const ending = new AbortController();
    endings.push(ending);
    const env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: vault, NOCODB_BACKUP_SOURCE: 'crm' };
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
    return { ended, err: err.text, stdin, ending };
  };

  /** All requests so far, oldest first. */
  const requests = async () => {
    const all: e.RestoreRequested['data'][] = [];
    for await (const { data } of log.read('evt.restore.*.RestoreRequested'))
      all.push(e.RestoreRequested.read(data, 1));
    return all;
  };
  /** The request after the first `before` ones, once it is there. */
  const request = async (before: number) => poll(async () => (await requests())[before], patience());
  /** Plays the restorer on the next request. */
  const answered = async (before: number, ...facts: ((restoreId: string) => e.Event)[]) => {
    const asked = await request(before);
    for (const fact of facts) await log.append(fact(asked.restoreId));
    return asked;
  };

  describe('that is forced', () => {
    it.each([
      ['completed', 0, [planned, done, completed]],
      ['partial', 3, [planned, (id: string) => done(id, [leftOut]), (id: string) => completed(id, 2)]],
      ['failed', 1, [planned, done, failed]],
      ['refused', 11, [refused]],
    ] as const)('is followed to its end: %s ends with %j', async (verdict, code, facts) => {
      const before = (await requests()).length;
      const { ended } = started(['restore-records', backupId, '--base', 'CRM', '--force', '--json']);
      const asked = await answered(before, ...facts);
      const ran = await ended;
      expect(ran.code).toBe(code);
      expect(asked).toMatchObject({
        backupId,
        source: 'crm',
        kind: 'records',
        scope: { base: 'CRM' },
        planOnly: false,
        requestedBy: 'ada@desk',
      });
      expect(asked.options).toMatchObject({ force: true, newIds: false, missing: false });
      const outcome = JSON.parse(ran.out) as object;
      expect(outcome).toMatchObject({ id: asked.restoreId, backupId, kind: 'records', verdict });
      expect(Object.keys(outcome).sort()).toEqual(
        'backupId counts endedAt failure id kind leftOut next requestedAt verdict warnings'.split(' '),
      );
      expect((await requests()).length).toBe(before + 1);
    });

    it('tells people what was left out and why, and what comes next', async () => {
      const before = (await requests()).length;
      const { ended } = started(['restore-records', backupId, '--force']);
      await answered(
        before,
        planned,
        (id) => done(id, [leftOut]),
        (id) => completed(id, 2),
      );
      const { out, err } = await ended;
      expect(out).toContain('  invalid email:\n    - records of "Orders" (2): 4, 8\n');
      expect(out).toContain('  1. Start NocoDB\n');
      expect(err).toContain('"Orders" of base "CRM": 3 records, 2 left out, in 1 s');
    });

    it('goes on when the person detaches, and says how to follow it', async () => {
      const before = (await requests()).length;
      const { ended, ending: asked } = started(['restore-files', backupId, '--force']);
      const { restoreId } = await request(before);
      asked.abort(new Interrupted());
      const ran = await ended;
      expect(ran).toMatchObject({ code: 130, out: '' });
      expect(ran.err).toContain(
        `the restore goes on. To follow it: nocodb-backup events ${restoreId} --follow`,
      );
    });

    it('is only requested with --no-wait, and takes another second than all others', async () => {
      const argv = ['restore-dump', backupId, '--force', '--drop-old', '--into', 'other', '--no-wait'];
      const [one, two] = await Promise.all([started(argv).ended, started([...argv, '--json']).ended]);
      expect([one.code, two.code]).toEqual([0, 0]);
      const second = JSON.parse(two.out) as { id: string };
      expect(second).toMatchObject({ verdict: 'running', endedAt: null, counts: {} });
      expect(one.out.trim()).not.toBe(second.id);
      const mine = (await requests()).find(({ restoreId }) => restoreId === one.out.trim());
      expect(mine?.options).toMatchObject({ into: 'other', dropOld: true });
    });

    it('shows the pace of its current work on a terminal', async () => {
      const before = (await requests()).length;
      const { ended, err } = started(['restore-records', backupId, '--force'], { isTTY: true });
      const { restoreId } = await answered(before, planned);
      const tell = (figures: Parameters<typeof tellProgress>[2], text: string) =>
        poll(() => {
          tellProgress(connection, planned(restoreId), figures);
          return Promise.resolve(err().includes(text));
        }, patience());
      await tell({ part: 't1', records: 10, recordsTotal: 40 }, '10 of 40 records');
      await tell({ part: 'restorer', failed: 'no route' }, 'an attempt failed: no route');
      await tell({ part: 't1', records: 20, recordsTotal: 40 }, '20 of 40 records');
      expect(err()).toContain('0 of 1 step');
      await log.append(completed(restoreId));
      expect((await ended).code).toBe(0);
    });
  });

  describe('on a terminal', () => {
    const asking = async (verb: string, answer: string) => {
      const before = (await requests()).length;
      const { ended, err, stdin } = started([verb, backupId], { isTTY: true });
      const plan = await answered(before, (id) => planned(id, ['the key differs']));
      await poll(() => Promise.resolve(/type .*: $/.test(err())), patience());
      stdin.write(`${answer}\n`);
      return { before, ended, plan, err };
    };

    it.each([
      ['restore-dump', 'yes'],
      ['restore-files', ''],
      ['restore-dump', '2026-02-05'],
      ['restore-records', 'no'],
      ['restore-schema', 'y'],
    ])('%s is refused when the answer is %j, after the plan was shown', async (verb, answer) => {
      const { before, ended, plan } = await asking(verb, answer);
      const ran = await ended;
      expect(ran).toMatchObject({ code: 11, out: '' });
      expect(ran.err).toContain('insert 3 records  (7 records there now)');
      expect(ran.err).toContain('the key differs');
      expect(plan.planOnly).toBe(true);
      expect((await requests()).length).toBe(before + 1);
    });

    it.each([
      ['restore-dump', backupId],
      ['restore-attachments', 'yes'],
    ])('%s is done when the answer is %j', async (verb, answer) => {
      const { before, ended } = await asking(verb, answer);
      const real = await answered(before + 1, planned, done, completed);
      expect(real).toMatchObject({ planOnly: false, options: { force: false } });
      expect((await ended).code).toBe(0);
    });

    it('is refused at the end of the input, and ends with 130 at Ctrl-C', async () => {
      for (const [end, code] of [
        ['eof', 11],
        ['ctrl-c', 130],
      ] as const) {
        const before = (await requests()).length;
        const { ended, err, stdin, ending: asked } = started(['restore-schema', backupId], { isTTY: true });
        await answered(before, planned);
        await poll(() => Promise.resolve(err().endsWith('type yes: ')), patience());
        if (end === 'eof') stdin.end();
        else asked.abort(new Interrupted());
        expect(await ended).toMatchObject({
          code,
          err: expect.stringContaining('othing was touched') as unknown,
        });
        expect((await requests()).length).toBe(before + 1);
      }
    });

    it('asks nothing when the plan is refused', async () => {
      const before = (await requests()).length;
      const { ended } = started(['restore-dump', backupId], { isTTY: true });
      await answered(before, refused);
      const ran = await ended;
      expect(ran).toMatchObject({ code: 11, out: '' });
      expect(ran.err).toContain('refused: NocoDB is connected\nNothing was touched.');
    });
  });

  it('is refused without a terminal and without --force; nothing is requested', async () => {
    const before = (await requests()).length;
    for (const argv of [
      ['restore-dump', backupId],
      ['restore-records', backupId],
      ['restore', backupId, '--full'],
    ]) {
      const ran = await started(argv).ended;
      expect(ran).toMatchObject({ code: 11, out: '' });
      expect(ran.err).toContain('say --force');
    }
    expect((await requests()).length).toBe(before);
  });

  it('is only planned with --plan', async () => {
    const before = (await requests()).length;
    const { ended } = started(['restore-schema', backupId, '--plan', '--json']);
    const { restoreId, planOnly } = await answered(before, planned);
    const ran = await ended;
    expect({ code: ran.code, planOnly }).toEqual({ code: 0, planOnly: true });
    const { steps, warnings } = planned(restoreId).data;
    expect(JSON.parse(ran.out)).toEqual({ restoreId, backupId, kind: 'schema', steps, warnings });
  });

  it('ends with 10 for a backup that neither vault nor log knows; without a vault the restorer decides', async () => {
    const unknown = '2020-01-01_00-00-00';
    const before = (await requests()).length;
    const ran = await started(['restore-dump', unknown, '--force'], { vault: directory }).ended;
    expect(ran).toMatchObject({ code: 10, out: '' });
    expect((await started(['restore-dump', '../etc', '--force']).ended).code).toBe(10);
    expect((await requests()).length).toBe(before);
    const { ended } = started(['restore-dump', unknown, '--force']);
    await answered(before, refused);
    expect((await ended).code).toBe(11);
  });

  it.each([
    [['restore-records', backupId, '--new-ids', '--missing', '--force']],
    [['restore-dump', backupId, '--base', 'CRM', '--force']],
    [['restore-dump', backupId, '--into', 'ä'.repeat(32), '--force']],
    [['restore-files', backupId, '--plan', '--no-wait']],
    [['restore', backupId]],
  ])('refuses %j as wrong usage', async (argv) => {
    const before = (await requests()).length;
    const ran = await started(argv).ended;
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect((await requests()).length).toBe(before);
  });

  describe('of everything', () => {
    it('puts back the database, then the files, and says what is next', async () => {
      const before = (await requests()).length;
      const { ended, err } = started(['restore', backupId, '--full', '--force', '--json']);
      const dump = await answered(before, planned, done, completed);
      const files = await answered(before + 1, planned, done, completed);
      expect([dump, files]).toMatchObject([
        { kind: 'dump', options: { force: true } },
        { kind: 'files', options: { force: true } },
      ]);
      const ran = await ended;
      expect(ran.code).toBe(0);
      expect(JSON.parse(ran.out)).toMatchObject({
        backupId,
        verdict: 'completed',
        restores: [{ id: dump.restoreId }, { id: files.restoreId }],
        notRestored: [],
        next: ['Start NocoDB'],
      });
      expect(err()).toContain('1. the database: users');
    });

    it('shows both plans and asks once, before anything is touched', async () => {
      const before = (await requests()).length;
      const { ended, err, stdin } = started(['restore', backupId, '--full'], { isTTY: true });
      await answered(before, planned);
      await answered(before + 1, planned);
      await poll(() => Promise.resolve(/type .*: $/.test(err())), patience());
      expect((await requests()).slice(before).map(({ planOnly }) => planOnly)).toEqual([true, true]);
      stdin.write(`${backupId}\n`);
      await answered(before + 2, planned, done, completed);
      await answered(before + 3, planned, done, completed);
      expect((await ended).code).toBe(0);
    });

    it.each([
      ['failed', 1, failed],
      ['refused', 11, refused],
    ] as const)('does not begin the files when the database is %s', async (verdict, code, fact) => {
      const before = (await requests()).length;
      const { ended } = started(['restore', backupId, '--full', '--force', '--json']);
      await answered(before, fact);
      const ran = await ended;
      expect(ran.code).toBe(code);
      expect(JSON.parse(ran.out)).toMatchObject({ verdict });
      expect(ran.out).toContain('the data files: not begun');
      expect((await requests()).length).toBe(before + 1);
    });

    it('has failed when the files are refused after the database was replaced, and says how to go on', async () => {
      const before = (await requests()).length;
      const { ended } = started(['restore', backupId, '--full', '--force']);
      await answered(before, planned, done, completed);
      await answered(before + 1, refused);
      const { code, out } = await ended;
      expect({ code, out }).toMatchObject({
        code: 1,
        out: expect.stringMatching(/✔ database .*3 records/) as unknown,
      });
      expect(out).toContain('- the data files: NocoDB is connected');
      expect(out).toContain(`go on where it stopped: nocodb-backup restore-files ${backupId}\n`);
    });

    it('is done in part where the backup lacks the files, and refused where it lacks both', async () => {
      await backedUp('2026-02-06_05-15-00', ['dump', 'files'], ['dump']);
      await backedUp('2026-02-07_05-15-00', ['dump', 'files'], []);
      const before = (await requests()).length;
      const { ended } = started(['restore', '2026-02-06_05-15-00', '--full', '--force']);
      await answered(before, planned, done, completed);
      const ran = await ended;
      expect(ran.code).toBe(3);
      expect(ran.out).toContain('- the data files: this backup does not hold them whole (failed)');
      const none = await started(['restore', '2026-02-07_05-15-00', '--full', '--force']).ended;
      expect(none).toMatchObject({ code: 11, out: '' });
      expect((await requests()).length).toBe(before + 1);
    });
  });
});
