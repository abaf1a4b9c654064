import { execFileSync } from 'node:child_process';
import { rm, truncate } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, type Progress, watchProgress } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { gunzipSync, gzipSync } from 'node:zlib';
import { restorer } from '../service.js';
import { ID, lines, Sandbox, SQL, TABLE } from './verification.harness.js';

jest.setTimeout(30_000);
// Jest gives modules a Date of their own, of which the dates of `fs` are no instances; the `tar` package asks.
Object.defineProperty(Date, Symbol.hasInstance, {
  value: (date: unknown) => Object.prototype.toString.call(date) === '[object Date]',
});
const logger = new NestLog(createLog('restorer', 'fatal'));
let nats: NatsServer;
let connection: Connection;
let log: EventLog;
let sandbox: Sandbox;
let service: RunningService;
let asked = 0;

beforeAll(async () => {
  nats = await startNats();
  connection = await connect({ servers: nats.url, name: 'spec' });
  log = new EventLog(connection, 'spec');
});
afterAll(async () => {
  await connection.close();
  await nats.stop();
});
beforeEach(async () => {
  sandbox = await Sandbox.make();
  const env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: sandbox.root, NOCODB_BACKUP_ATTEMPTS: '1' };
  service = await startService(restorer, { env, logger });
});
afterEach(async () => {
  await service.stop();
  await sandbox.remove();
});

const requested = (over: Partial<e.VerificationRequested['data']> = {}) =>
  e.VerificationRequested({
    backupId: ID,
    n: `2026-11-22_05-15-${String(++asked).padStart(2, '0')}`,
    kind: 'verify',
    sample: 'full',
    requestedBy: 'spec',
    trigger: 'manual',
    ...over,
  });
const answer = async ({ data }: e.VerificationRequested) => {
  const found = await poll(
    async () =>
      (await log.last(e.Verified.subjectFor(data))) ??
      (await log.last(e.VerificationFailed.subjectFor(data))),
    AbortSignal.timeout(15_000),
  );
  return found as unknown as e.Verified | e.VerificationFailed;
};
const verified = async (over: Partial<e.VerificationRequested['data']> = {}) => {
  const request = requested(over);
  await log.append(request);
  return answer(request);
};
const findings = async () => {
  const { type, data } = await verified();
  expect(type).toBe('VerificationFailed');
  return 'findings' in data ? data.findings : [];
};
const table = (manifest: Manifest, over: object): Manifest => {
  const [base] = manifest.parts.export.bases;
  if (base?.tables[0]) Object.assign(base.tables[0], over);
  return manifest;
};

describe('a verification', () => {
  it('reads every file, and counts what is in them', async () => {
    await sandbox.seal();
    const { type, data } = await verified();
    expect({ type, data }).toMatchObject({
      type: 'Verified',
      data: { destinations: ['local'], files: 30, tables: 1, rows: 3, warnings: [], sample: 'full' },
    });
  });

  it.each(['database.sql.gz', 'nocodb-data.tar.gz', `${TABLE}/schema.json`, `${TABLE}/records.json.gz`])(
    'finds one changed bit of %s',
    async (path) => {
      await sandbox.seal();
      await sandbox.flip(path);
      expect(await findings()).toEqual([expect.stringMatching(`^local: ${path}: its bytes have changed`)]);
    },
  );

  it('finds an attached file that is changed, cut short or gone', async () => {
    await sandbox.seal();
    const file = (n: number) => `${TABLE}/attachments/File/${n}_x.txt`;
    await sandbox.flip(file(1), 0);
    await truncate(sandbox.place(file(2)), 3);
    await rm(sandbox.place(file(3)));
    expect(await findings()).toEqual([
      expect.stringMatching(/1_x\.txt: its bytes have changed/),
      expect.stringMatching(/2_x\.txt: 6 bytes were stored, 3 lie there/),
      expect.stringMatching(/3_x\.txt: .*is missing/),
    ]);
  });

  it('finds that the manifest is gone, or cannot be read', async () => {
    await sandbox.seal();
    await truncate(sandbox.place('manifest.json'), 100);
    expect(await findings()).toEqual([expect.stringMatching(/^local: manifest\.json .* damaged/)]);
    await rm(sandbox.place('manifest.json'));
    expect(await findings()).toEqual([expect.stringMatching(/^local: .*manifest\.json/)]);
  });

  it('finds what was whole for its digests alone', async () => {
    const sqlBytes = (said: number) => (m: Manifest) => ({
      ...m,
      parts: { ...m.parts, dump: { ...m.parts.dump, sqlBytes: said } },
    });
    const short = gzipSync(SQL).subarray(0, 40);
    const cut = gzipSync(gunzipSync(gzipSync(SQL)).subarray(0, 45));
    const cases: [Parameters<Sandbox['seal']>[0], RegExp][] = [
      [{ files: { 'database.sql.gz': short } }, /database\.sql\.gz .* damaged or cut short/],
      // As a file that was cut between two members, which no decoder notices.
      [{ files: { 'database.sql.gz': cut } }, /holds 45 bytes of SQL where the manifest says 90/],
      [{ files: { 'database.sql.gz': cut }, said: sqlBytes(45) }, /sql\.gz: the dump is cut short/],
      [
        { files: { 'database.sql.gz': gzipSync('SELECT 1;') }, said: sqlBytes(9) },
        /database\.sql\.gz: this is no dump/,
      ],
      [{ files: { 'database.json': Buffer.from('{}') } }, /database\.json .* cannot be read/],
      [{ files: { 'nocodb-data.tar.gz': gzipSync(Buffer.alloc(700)) } }, /nocodb-data\.tar\.gz/],
      [{ files: { [`${TABLE}/schema.json`]: Buffer.from('{}') } }, /schema\.json describes no table/],
      [{ files: { [`${TABLE}/links.json.gz`]: gzipSync('[{"column":') } }, /links\.json\.gz .* damaged/],
      [{ files: { [`${TABLE}/order.json.gz`]: lines([1, {}]) } }, /1 entries of .*order\.json\.gz/],
      [
        { said: (m) => table(m, { records: 4 }) },
        /"Orders" of base "CRM": 3 records are stored, the manifest says 4/,
      ],
      [{ files: { [`${TABLE}/records.json.gz`]: null } }, /0 records are stored, the manifest says 3/],
      [{ said: (m) => table(m, { links: 2 }) }, /1 links are stored, the manifest says 2/],
      [
        { said: (m) => table(m, { attachments: { files: 21, bytes: 131, missing: 1 } }) },
        /20 attached files are stored, the manifest says 21/,
      ],
      [{ said: sqlBytes(1) }, /bytes of SQL where the manifest says 1/],
      [
        { said: (m) => ({ ...m, parts: { ...m.parts, dump: { ...m.parts.dump, rows: 4 } } }) },
        /database\.json tells of 1 tables with 3 rows, the manifest of 1 with 4/,
      ],
      [
        { said: (m) => ({ ...m, parts: { ...m.parts, files: { ...m.parts.files, files: 2 } } }) },
        /holds 1 files in \d+ bytes where the manifest says 2/,
      ],
    ];
    for (const [wish, finding] of cases) {
      await sandbox.remove();
      await sandbox.seal(wish);
      expect(await findings()).toEqual([expect.stringMatching(finding)]);
    }
  });

  it('reads about the share of the attached files that is asked for, and everything else', async () => {
    await sandbox.seal();
    for (let n = 1; n <= 20; n++) await sandbox.flip(`${TABLE}/attachments/File/${n}_x.txt`, 0);
    const { data } = await verified({ sample: 0.3, n: 'seed-of-a-sample' });
    const found = 'findings' in data ? data.findings.length : 0;
    expect(found).toBeGreaterThan(1);
    expect(found).toBeLessThan(13);
    await sandbox.flip('database.sql.gz');
    const again = await verified({ sample: 0.000001 });
    expect(again.data).toMatchObject({ findings: [expect.stringMatching(/database\.sql\.gz/)] });
  });

  it('tells how far it is', async () => {
    await sandbox.seal();
    const told: Progress[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      for await (const one of watchProgress(connection, { stream: 'backup', id: ID, signal: ending.signal }))
        told.push(one);
    })();
    await connection.nats.flush();
    const { data } = await verified();
    ending.abort();
    await watching;
    expect(told[0]).toMatchObject({
      part: data.n,
      figures: { comparing: 'local', bytesTotal: expect.any(Number) },
    });
  });

  it('says that a backup which is not there could not be looked at: that is no damage', async () => {
    expect(await verified()).toMatchObject({
      type: 'VerificationFailed',
      data: { findings: [], failure: { reason: expect.stringMatching(/there is no backup/), attempts: 1 } },
    });
  });

  it('says that a file which may not be read could not be looked at: that is no damage', async () => {
    await sandbox.seal();
    const path = sandbox.place('database.sql.gz');
    execFileSync('chmod', ['000', path]);
    const { data } = await verified();
    // For root every file is readable.
    if (process.geteuid?.() === 0) expect(data).toMatchObject({ destinations: ['local'] });
    else
      expect(data).toMatchObject({
        findings: [],
        failure: { reason: expect.stringMatching(/permission denied/) },
      });
  });
});

describe('a verification of a backup that the log knows', () => {
  const inLog = async (id: string, manifest: e.Artifact, destinations = ['local']) => {
    const content = { source: 'default', records: true, attachments: true, trigger: 'manual' as const };
    const deadline = '2026-02-05T17:15:00Z';
    const common = { backupId: id, attempt: 'a1', artifacts: [], seconds: 1, warnings: [] };
    const request = { backupId: id, parts: ['files' as const], ...content, requestedBy: 'ada', deadline };
    await log.append(e.BackupRequested(request));
    await log.append(e.FilesArchived({ ...common, files: 3, tarBytes: 9 }));
    const sealed = { status: 'complete' as const, destinations, files: 1, bytes: 1, missingDestinations: [] };
    await log.append(e.Uploaded({ backupId: id, manifest, ...sealed }));
  };

  it('finds a manifest that is not the one that was written', async () => {
    const id = '2026-02-06_05-15-00';
    const { path, bytes } = await sandbox.seal({ id });
    await inLog(id, { path, bytes, sha256: '0'.repeat(64) });
    expect(await verified({ backupId: id })).toMatchObject({
      data: { findings: [expect.stringMatching(/^local: manifest\.json is not the one that was written/)] },
    });
  });

  it('looks where it lies, and tells where it could not look', async () => {
    const id = '2026-02-07_05-15-00';
    await inLog(id, await sandbox.seal({ id }), ['local', 's3']);
    expect(await verified({ backupId: id })).toMatchObject({
      type: 'Verified',
      data: { destinations: ['local'], warnings: [expect.stringMatching(/lies in "s3", too/)] },
    });
    const other = '2026-02-08_05-15-00';
    await inLog(other, await sandbox.seal({ id: other }), ['s3']);
    expect(await verified({ backupId: other })).toMatchObject({
      data: {
        findings: [],
        failure: { reason: expect.stringMatching(/lies in s3, which this service does not know/) },
      },
    });
  });

  it('finds that all of it is gone', async () => {
    const id = '2026-02-09_05-15-00';
    await inLog(id, await sandbox.seal({ id }));
    await rm(sandbox.place('', id), { recursive: true });
    expect(await verified({ backupId: id })).toMatchObject({
      data: { findings: [expect.stringMatching(/^local: there is no backup/)] },
    });
  });
});
