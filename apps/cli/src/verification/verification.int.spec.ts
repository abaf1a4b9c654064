import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { Interrupted } from '../cli-error.js';
import type { CliContext } from '../context.js';
import { createProgram } from '../program.js';
import { run } from '../run.js';

const older = '2026-02-05_05-15-00';
const newer = '2026-02-06_05-15-00';
const collation = { provider: 'libc', collate: 'C', ctype: 'C', version: null };
const endings: AbortController[] = [];
let nats: NatsServer;
let connection: Connection;
let log: EventLog;
let vault: string;

beforeAll(async () => {
  nats = await startNats();
  vault = await mkdtemp(join(tmpdir(), 'nocodb-backup-cli-'));
  connection = await connect({ servers: nats.url, name: 'test' });
  await provision(connection, []);
  log = new EventLog(connection, 'test');
  await completed(older, 'dump');
  await completed(newer, 'files');
}, 30_000);
afterEach(() => {
  for (const ending of endings.splice(0)) ending.abort(new Interrupted());
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
  await rm(vault, { recursive: true });
});

const completed = async (backupId: string, part: 'dump' | 'files') => {
  const common = { backupId, attempt: 'a1', artifacts: [], seconds: 1, warnings: [] };
  const content = { source: 'default', records: true, attachments: true, trigger: 'manual' as const };
  const deadline = '2026-02-05T17:15:00Z';
  const manifest = { path: 'manifest.json', bytes: 1, sha256: '0'.repeat(64) };
  await log.append(e.BackupRequested({ backupId, parts: [part], ...content, requestedBy: 'ada', deadline }));
  const versions = { serverVersion: '15', clientVersion: '15', collation };
  if (part === 'files') await log.append(e.FilesArchived({ ...common, files: 1, tarBytes: 1 }));
  else await log.append(e.DumpCompleted({ ...common, ...versions, sqlBytes: 1, tables: 1, rows: 1 }));
  const figures = { files: 1, bytes: 1, destinations: ['s3'], missingDestinations: [] };
  await log.append(e.Uploaded({ backupId, manifest, status: 'complete', ...figures }));
};

const collecting = () => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, finished) => {
      text += chunk.toString();
      finished();
    },
  });
  return { stream: Object.assign(stream, { isTTY: false, columns: 200 }), text: () => text };
};
const started = (...argv: string[]) => {
  const [out, err] = [collecting(), collecting()];
  const ending = new AbortController();
  endings.push(ending);
  const env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: vault };
  const context: CliContext = {
    environment: () => env,
    stdout: out.stream,
    stderr: err.stream,
    stdin: Object.assign(new PassThrough(), { isTTY: false }),
    signal: ending.signal,
    now: () => new Date(),
    person: 'ada@desk',
  };
  const ended = run(createProgram(context), argv, env).then((code) => ({
    code,
    out: out.text(),
    err: err.text(),
  }));
  return { ended, ending };
};
const requests = async () => {
  const all: e.VerificationRequested['data'][] = [];
  for await (const { data } of log.read('evt.backup.*.VerificationRequested.>'))
    all.push(e.VerificationRequested.read(data, 1));
  return all;
};
type Asked = e.VerificationRequested['data'];
const whole = ({ backupId, n, kind, sample }: Asked) =>
  e.Verified({
    ...{ backupId, n, kind, sample, destinations: ['local', 's3'], files: 30, bytes: 12_300_000 },
    ...{ tables: 2, rows: 1000, seconds: 1, warnings: ['mind the key'] },
  });
const damaged = ({ backupId, n, kind }: Asked) =>
  e.VerificationFailed({ backupId, n, kind, findings: ['local: x.gz is missing'] });
const unseen = ({ backupId, n, kind }: Asked) =>
  e.VerificationFailed({ backupId, n, kind, findings: [], failure: { reason: 'no answer', attempts: 5 } });

/** Runs the verb, and plays the verifier on its requests. */
const ran = async (argv: string[], ...answers: ((asked: Asked) => e.Event)[]) => {
  const before = (await requests()).length;
  const { ended } = started(...argv);
  const asked: Asked[] = [];
  for (const [index, answer] of answers.entries()) {
    const request = await poll(async () => (await requests())[before + index], AbortSignal.timeout(8000));
    asked.push(request);
    await log.append(answer(request));
  }
  return { ...(await ended), asked };
};

describe('verify', () => {
  it('asks for the backup that is named, and tells that nothing is wrong', async () => {
    const { code, out, err, asked } = await ran(['verify', older], whole);
    expect(asked).toMatchObject([
      { backupId: older, kind: 'verify', sample: 'full', requestedBy: 'ada@desk', trigger: 'manual' },
    ]);
    expect(out).toMatch(/ok {2}verified: 30 files, 12\.3 MB in local and s3, in \d+ s/);
    expect(out).toMatch(/Warnings\n {2}- mind the key/);
    expect(err).toMatch(/verification of backup 2026-02-05_05-15-00 is requested/);
    expect(code).toBe(0);
  });

  it('takes the newest complete one by itself, and the share that is asked for', async () => {
    const { code, out, asked } = await ran(['verify', '--sample', '12.5', '--json'], damaged);
    expect(asked).toMatchObject([{ backupId: newer, sample: 0.125 }]);
    expect(JSON.parse(out)).toMatchObject({
      ...{ backupId: newer, kind: 'verify', verdict: 'damaged', failure: null },
      findings: ['local: x.gz is missing'],
    });
    expect(code).toBe(1);
  });

  it('tells damage from what could not be looked at', async () => {
    const hurt = await ran(['verify', older], damaged);
    expect(hurt.out).toMatch(/damaged {2}it is not as it was stored\nDamage\n {2}- local: x\.gz is missing/);
    const away = await ran(['verify', older], unseen);
    expect(away.out).toMatch(
      /failed {2}it could not be looked at: nothing is known\nNot looked at: no answer/,
    );
    expect(away.out).not.toMatch(/damage/i);
    expect([hurt.code, away.code]).toEqual([1, 1]);
  });

  it('looks at all of them, and ends with 1 when one of them is not whole', async () => {
    const { code, out, asked } = await ran(['verify', '--all', '--json'], damaged, whole);
    expect(asked.map(({ backupId }) => backupId)).toEqual([newer, older]);
    expect(JSON.parse(out)).toMatchObject([{ verdict: 'damaged' }, { verdict: 'ok', files: 30 }]);
    expect(code).toBe(1);
  });

  it.each([
    [10, ['verify', '2020-01-01_00-00-00']],
    [10, ['verify', 'yesterday']],
    [2, ['verify', older, '--all']],
    [2, ['verify', '--sample', '0']],
    [2, ['verify', '--sample', '101']],
  ] as const)('ends with %j and asks for nothing: %j', async (code, argv) => {
    const before = (await requests()).length;
    expect((await ran([...argv])).code).toBe(code);
    expect(await requests()).toHaveLength(before);
  });

  it('goes on when the person leaves', async () => {
    const before = (await requests()).length;
    const { ended, ending } = started('verify', older);
    await poll(async () => (await requests())[before], AbortSignal.timeout(8000));
    ending.abort(new Interrupted());
    expect(await ended).toMatchObject({
      code: 130,
      err: expect.stringMatching(/detached; the verification goes on/),
    });
  });
});

describe('drill', () => {
  it('takes the newest complete backup that has a dump', async () => {
    const { code, out, asked } = await ran(['drill'], whole);
    expect(asked).toMatchObject([{ backupId: older, kind: 'drill', sample: 'full' }]);
    expect(out).toMatch(/ok {2}proven: restored into a scratch database, 2 tables with 1,000 rows/);
    expect(code).toBe(0);
  });
});

describe('list and show', () => {
  it('tell when a backup was verified and proven, and which one is damaged', async () => {
    await ran(['verify', older], whole);
    await ran(['drill', older], whole);
    await ran(['verify', newer], damaged);
    const day = new Date().toISOString().slice(0, 10);
    const { out } = await ran(['list']);
    expect(out).toMatch(new RegExp(`${newer}.* DAMAGED ${day}`));
    expect(out).toMatch(new RegExp(`found damage: ${newer}`));
    expect(out).toMatch(new RegExp(`the last complete one is .* ago: ${older}`));
    expect(out).toMatch(new RegExp(`${older}.* proven ${day}, verified ${day}`));
    const [first, second] = JSON.parse((await ran(['list', '--json'])).out) as object[];
    expect(first).toMatchObject({
      id: newer,
      verifiedAt: null,
      damage: { findings: ['local: x.gz is missing'] },
    });
    expect(second).toMatchObject({
      verifiedAt: expect.any(String),
      provenAt: expect.any(String),
      damage: null,
    });
    const shown = (await ran(['show', newer])).out;
    expect(shown).toMatch(/DAMAGED\n {2}found .* ago\n {2}- local: x\.gz is missing/);
    expect(shown).toMatch(/DAMAGED, says the verification: local: x\.gz is missing/);
    expect((await ran(['show', older])).out).toMatch(/verified +\d{4}.*\n +proven +\d{4}/);
  });
});
