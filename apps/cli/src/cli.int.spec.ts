import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { foldBackup, type BackupFact, manifestOf } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision, tellProgress } from '@nocodb-backup/messaging';
import { freePort, type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import { Interrupted } from './cli-error.js';
import type { CliContext } from './context.js';
import { createProgram } from './program.js';
import { run } from './run.js';

const patience = () => AbortSignal.timeout(4000);
const artifact = (path: string, bytes = 1000) => ({ path, bytes, sha256: '0'.repeat(64) });
const failure = { reason: 'permission denied', attempts: 1 };
const inTwelveHours = () => new Date(Date.now() + 12 * 3_600_000).toISOString();

const common = { source: 'default', records: true, attachments: true, trigger: 'schedule' as const };
const requested = (backupId: string, parts: e.Part[] = ['dump']) =>
  e.BackupRequested({ backupId, parts, ...common, requestedBy: 'scheduler', deadline: inTwelveHours() });
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const versions = { serverVersion: '15.18', clientVersion: '15.18', collation };
const contents = { artifacts: [artifact('database.sql.gz')], sqlBytes: 9000, tables: 2, rows: 3 };
const dumped = (backupId: string) =>
  e.DumpCompleted({ backupId, attempt: 'a1', ...contents, ...versions, seconds: 1, warnings: [] });
const stored = { manifest: artifact('manifest.json'), destinations: ['local'], files: 1, bytes: 1000 };
const uploaded = (backupId: string, status: 'complete' | 'partial') =>
  e.Uploaded({ backupId, status, ...stored });

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const collecting = () => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
};

/** What a failed test leaves behind would keep the process alive. */
const endings: AbortController[] = [];
const started = (env: Record<string, string>, argv: string[], stdin = '') => {
  const out = collecting();
  const err = collecting();
  const ending = new AbortController();
  endings.push(ending);
  const context: CliContext = {
    environment: () => env,
    stdout: out.stream,
    stderr: err.stream,
    stdin: Readable.from([stdin]),
    signal: ending.signal,
    now: () => new Date(),
    person: 'ada@desk',
  };
  const ended = run(createProgram(context), argv, env).then((code): Ran => ({
    code,
    out: out.text(),
    err: err.text(),
  }));
  return {
    ended,
    err: err.text,
    interrupt: () => {
      ending.abort(new Interrupted());
    },
  };
};

describe('the command line', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let directory: string;
  let env: Record<string, string>;
  const cli = (...argv: string[]): Promise<Ran> => started(env, argv).ended;

  beforeAll(async () => {
    nats = await startNats();
    directory = await mkdtemp(join(tmpdir(), 'nocodb-backup-cli-'));
    env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: directory };
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    log = new EventLog(connection, 'test');
  }, 30_000);
  afterEach(() => {
    for (const ending of endings.splice(0)) ending.abort(new Interrupted());
  });
  afterAll(async () => {
    await connection.close();
    await nats.stop();
    await rm(directory, { recursive: true });
  });

  /** Records the facts, and for a sealed backup writes its manifest, as the services do. */
  const recorded = async (...facts: e.BackupEvent[]) => {
    const done: BackupFact[] = [];
    for (const fact of facts) {
      const { sequence, time } = (await log.append(fact)).recorded;
      done.push({ ...fact, sequence, time });
    }
    return done;
  };
  const sealed = async (backupId: string, place = directory) => {
    const facts = await recorded(requested(backupId), dumped(backupId));
    const backup = foldBackup(facts);
    if (!backup) throw new Error('no backup');
    await new DirectoryVault(place).writeManifest(
      backupId,
      Buffer.from(JSON.stringify(manifestOf(backup, '1.0.0'))),
    );
    await recorded(uploaded(backupId, 'complete'));
  };
  const json = ({ out }: Ran): unknown => JSON.parse(out);
  describe('list', () => {
    it('prints one JSON array, newest first, and says when a backup is gone', async () => {
      await sealed('2026-01-01_05-00-00');
      await recorded(
        requested('2026-01-02_05-00-00'),
        e.DumpFailed({ backupId: '2026-01-02_05-00-00', failure }),
      );
      await recorded(
        requested('2026-01-03_05-00-00'),
        dumped('2026-01-03_05-00-00'),
        uploaded('2026-01-03_05-00-00', 'complete'),
      );

      const ran = await cli('list', '--json');
      expect(ran.err).toBe('');
      expect(json(ran)).toMatchObject([
        { id: '2026-01-03_05-00-00', verdict: 'complete', missingFrom: ['local'] },
        { id: '2026-01-02_05-00-00', verdict: 'running', failures: ['database dump: permission denied'] },
        {
          id: '2026-01-01_05-00-00',
          verdict: 'complete',
          missingFrom: [],
          bytes: 1000,
          destinations: ['local'],
        },
      ]);
    });

    it('shows a table to people, with the last complete backup that is really there', async () => {
      const { code, out } = await cli('list');
      expect(code).toBe(0);
      expect(out).toMatch(/3 │ 2026-01-01_05-00-00 │ complete │ {3}\+ {3}│ - {2}│ 1\.0 kB/);
      expect(out).toMatch(/the last complete one is .* ago: 2026-01-01_05-00-00/);
      expect(out).toContain('its manifest is gone: 2026-01-03_05-00-00');
    });

    it('reads the vault when the log is lost, and says so', async () => {
      const lost = { ...env, NATS_URL: `nats://ada:s3cret@127.0.0.1:${await freePort()}` };
      const ran = await started(lost, ['list', '--json']).ended;
      expect(ran.code).toBe(0);
      expect(json(ran)).toMatchObject([
        { id: '2026-01-01_05-00-00', verdict: 'complete', knownFrom: 'manifest' },
      ]);
      expect(ran.err).toContain('from the manifests in the backup directory alone');
      expect(ran.err).not.toContain('s3cret');
    });
  });

  describe('show', () => {
    it('tells parts, failures and history of a backup', async () => {
      const { code, out } = await cli('show', '2026-01-02_05-00-00');
      expect(code).toBe(0);
      for (const text of [
        'running',
        'database dump: permission denied',
        'requested by scheduler (schedule): dump',
      ])
        expect(out).toContain(text);
    });

    it('tells the same of a manifest when the log is lost', async () => {
      const lost = { ...env, NATS_URL: `nats://127.0.0.1:${await freePort()}` };
      const [withLog, without] = [
        json(await cli('show', '2026-01-01_05-00-00', '--json')) as Record<string, unknown>,
        json(await started(lost, ['show', '2026-01-01_05-00-00', '--json']).ended) as Record<string, unknown>,
      ];
      for (const field of 'id verdict bytes parts tables dump exported postgresVersion'.split(' '))
        expect(without[field]).toEqual(withLog[field]);
    });

    it.each(['2020-01-01_00-00-00', '../etc', '*'])('ends with 10 for %j', async (id) => {
      expect(await cli('show', id)).toMatchObject({ code: 10, out: '' });
    });
  });

  describe('inspect', () => {
    it('works without the log', async () => {
      const { code, out } = await started({ NOCODB_BACKUP_DIR: directory }, [
        'inspect',
        '2026-01-01_05-00-00',
      ]).ended;
      expect(code).toBe(0);
      expect(out).toBe('2026-01-01_05-00-00\n├── database.sql.gz (1.0 kB)\n└── manifest.json\n');
    });

    it('says that a folder without manifest is no complete backup', async () => {
      await new DirectoryVault(directory)
        .stage('2026-01-09_05-00-00', 'a1')
        .store('a', Readable.from([Buffer.from('x')]));
      expect((await cli('inspect', '2026-01-09_05-00-00')).code).toBe(10);
      const vault = new DirectoryVault(directory);
      const file = await vault
        .stage('2026-01-08_05-00-00', 'a1')
        .store('a', Readable.from([Buffer.from('x')]));
      await vault.publish('2026-01-08_05-00-00', 'a1', file);
      const ran = await cli('inspect', '2026-01-08_05-00-00');
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toContain('has no manifest.json: the backup is not complete');
    });
  });

  describe('publish', () => {
    const data = (awaited: string[]) => JSON.stringify({ backupId: '2026-01-02_05-00-00', awaited });

    it('names the fields that do not fit, and records nothing', async () => {
      const ran = await cli('publish', 'BackupTimedOut', '--data', data(['soup']));
      expect(ran).toMatchObject({ code: 2, out: '' });
      expect(ran.err).toMatch(/does not fit BackupTimedOut:\n {2}awaited\.0: /);
      expect(await log.last('evt.backup.2026-01-02_05-00-00.BackupTimedOut')).toBeUndefined();
    });

    it.each([
      ['an event that does not exist', ['publish', 'Nonsense', '--data', '{}'], /no event "Nonsense"/],
      ['what is no JSON', ['publish', 'DumpFailed', '--data', '{'], /--data is not usable/],
      ['a file that is not there', ['publish', 'DumpFailed', '--data', '@/none'], /ENOENT/],
    ])('refuses %s', async (_, argv, message) => {
      const ran = await cli(...argv);
      expect(ran).toMatchObject({ code: 2, out: '' });
      expect(ran.err).toMatch(message);
    });

    it('records what fits, from stdin too, and refuses a second fact in its place', async () => {
      const ran = await started(env, ['publish', 'BackupTimedOut', '--data', '-', '--json'], data([])).ended;
      expect(ran.code).toBe(0);
      const subject = 'evt.backup.2026-01-02_05-00-00.BackupTimedOut';
      const { sequence } = (await log.last(subject)) ?? {};
      expect(json(ran)).toMatchObject({ sequence, subject });

      const file = join(directory, 'data.json');
      await writeFile(file, data(['dump']));
      const again = await cli('publish', 'BackupTimedOut', '--data', `@${file}`);
      expect(again).toMatchObject({ code: 11, out: '' });
      expect(again.err).toContain(`another fact stands on ${subject}`);
    });
  });

  describe('events', () => {
    const linesOf = ({ out }: Ran) =>
      out.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Record<string, unknown>] : []));

    it('prints each event as a line of JSON with its place in the log', async () => {
      const ran = await cli('events', '2026-01-01_05-00-00', '--json');
      expect(ran.code).toBe(0);
      const lines = linesOf(ran);
      expect(lines.map(({ type }) => type)).toEqual(['BackupRequested', 'DumpCompleted', 'Uploaded']);
      expect(lines.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    });

    it('keeps to a type and to a stretch of the log', async () => {
      const { out } = await cli('events', '--type', 'BackupRequested', '--from', '2', '--to', '5');
      expect(out.trim().split('\n')).toHaveLength(1);
      expect(out).toContain('#4');
    });

    it('prints what is stored as it is stored, also what this version cannot read', async () => {
      const subject = 'evt.backup.b1.BackupBlessed';
      const { seq: sequence } = await connection.js.publish(subject, 'garbage');
      const backupId = '2026-01-04_05-00-00';
      const [known] = await recorded(requested(backupId));
      const [garbage, event] = linesOf(await cli('events', '--from', String(sequence), '--json'));
      const time = expect.any(String) as unknown;
      expect(garbage).toEqual({ subject, sequence, time, raw: 'garbage' });
      expect(event).toMatchObject({
        specversion: '1.0',
        source: 'test',
        subject: backupId,
        data: known?.data,
      });
      expect(event).toMatchObject({ sequence: sequence + 1, time: known?.time.toISOString() });
      expect((await cli('events', 'b1', '--type', 'BackupBlessed')).out).toContain('no event of ours');
    });

    it('follows what happens until Ctrl-C', async () => {
      const { ended, interrupt } = started(env, ['events', '--follow', '--type', 'BackupTimedOut', '--json']);
      interrupt();
      expect((await ended).code).toBe(130);
    });

    it('ends with 10 when the log holds nothing about the id', async () => {
      expect((await cli('events', '2020-01-01_00-00-00')).code).toBe(10);
    });
  });

  describe('backup', () => {
    const request = async (id: string) => (await log.last(`evt.backup.${id}.BackupRequested`))?.data;
    const idIn = (text: string) => /\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d/.exec(text)?.[0];

    it('requests what is configured, and prints the id', async () => {
      const ran = await started({ ...env, NOCODB_BACKUP_API_EXPORT: 'false' }, [
        'backup',
        '--no-wait',
        '--reason',
        'why not',
      ]).ended;
      expect(ran).toMatchObject({ code: 0, err: '' });
      expect(await request(ran.out.trim())).toMatchObject({
        parts: ['dump', 'files'],
        trigger: 'manual',
        requestedBy: 'ada@desk',
        reason: 'why not',
      });
    });

    it('takes the next second when another backup has this one', async () => {
      const [one, two] = await Promise.all([
        cli('backup', '--db-only', '--no-wait'),
        cli('backup', '--db-only', '--no-wait', '--json'),
      ]);
      const second = json(two) as { id: string };
      expect([one.code, two.code]).toEqual([0, 0]);
      expect(one.out.trim()).not.toBe(second.id);
      expect(second).toMatchObject({ verdict: 'running', parts: { dump: { status: 'awaited' } } });
    });

    it.each([
      ['complete', 0],
      ['partial', 3],
    ] as const)('follows it to its end: %s ends with %j', async (status, code) => {
      const { ended, err } = started(env, ['backup', '--only', 'dump', '--json']);
      const id = await poll(() => Promise.resolve(idIn(err())), patience());
      tellProgress(connection, requested(id), { part: 'dump', bytes: 5 });
      await recorded(dumped(id), uploaded(id, status));
      const ran = await ended;
      expect(ran.code).toBe(code);
      expect(json(ran)).toMatchObject({ id, verdict: status });
      expect(ran.err).toContain('database dump complete: 1.0 kB');
    });

    it('ends with 1 when it cannot be sealed, and tells what went wrong', async () => {
      const { ended, err } = started(env, ['backup', '--db-only']);
      const id = await poll(() => Promise.resolve(idIn(err())), patience());
      await recorded(e.DumpFailed({ backupId: id, failure }), e.UploadFailed({ backupId: id, failure }));
      const ran = await ended;
      expect(ran.code).toBe(1);
      expect(ran.out).toContain('database dump: permission denied');
    });

    it('detaches at Ctrl-C, and says how to go on', async () => {
      const { ended, err, interrupt } = started(env, ['backup', '--db-only']);
      const id = await poll(() => Promise.resolve(idIn(err())), patience());
      interrupt();
      const ran = await ended;
      expect(ran).toMatchObject({ code: 130, out: '' });
      expect(ran.err).toContain(`the backup goes on. How it is: nocodb-backup show ${id}`);
    });

    it.each([
      [['backup', '--only', 'soup'], {}],
      [['backup', '--db-only', '--only', 'files'], {}],
      [['backup', '--soup'], {}],
      [['backup'], { NOCODB_BACKUP_DEADLINE_HOURS: 's3cret' }],
      [
        ['backup'],
        {
          NOCODB_BACKUP_API_EXPORT: 'no',
          NOCODB_BACKUP_DATABASE_DUMP: 'no',
          NOCODB_BACKUP_INCLUDE_FILES: 'no',
        },
      ],
    ])('refuses %j with %j as wrong usage', async (argv, variables) => {
      const ran = await started({ ...env, ...variables }, argv).ended;
      expect(ran).toMatchObject({ code: 2, out: '' });
      expect(ran.err).not.toBe('');
      expect(ran.err).not.toContain('s3cret');
    });

    it('says what to start when there is no event log', async () => {
      const ran = await started({ NATS_URL: `nats://127.0.0.1:${await freePort()}` }, ['backup']).ended;
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toContain('nocodb-backup up');
    }, 15_000);
  });
});
