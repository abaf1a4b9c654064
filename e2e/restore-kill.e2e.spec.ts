import { readdirSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import type { Child } from './child.js';
import { type CompareOptions, differencesOf, lineOf } from './compare-bases.js';
import { type Front, startFront } from './front.js';
import { Installation, patienceMs } from './installation.js';
import { filesIn } from './problems.js';
import { restoreEnded, restoreFacts } from './restore-harness.js';
import { backedUp } from './restore-outcome.js';
import { seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';

let nats: NatsServer;
let source: Source;
let target: Source;
let front: Front;
let installation: Installation;
let restorer: Child;
let workspace: SmallWorkspace;
let id: string;

const manyFiles = 1_500;

beforeAll(async () => {
  nats = await startNats();
  source = await startSource();
  await source.postgres.query('alter role nocodb createdb');
  target = await startSource({ postgres: source.postgres, database: 'target' });
  front = await startFront(target.nocodb.url);
  workspace = await seedSmall(source.api);
  const many = join(source.nocodb.dataDir, 'nc/uploads/many');
  await mkdir(many, { recursive: true });
  for (let at = 0; at < manyFiles; at++) await writeFile(join(many, `${at}.txt`), `file ${at}`);
  const before = await Installation.of(source, { NATS_URL: nats.url });
  const program = await before.up();
  id = await backedUp(before);
  await program.kill('SIGTERM');
  const variables = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: before.vault, NOCODB_API_URL: front.url };
  installation = await Installation.of(target, variables);
}, 300_000);
afterAll(async () => {
  await installation.remove();
  await front.stop();
  await target.stop();
  await source.stop();
  await nats.stop();
}, 60_000);

const start = async () => (restorer = await installation.service('restorer'));

beforeEach(start, 60_000);
afterEach(async () => {
  front.release();
  await restorer.kill();
}, 60_000);

const request = async (verb: string, ...args: string[]): Promise<string> => {
  const { code, out, err } = await installation.cli([verb, id, ...args, '--force', '--no-wait']);
  if (code !== 0) throw new Error(`${verb} ended with ${String(code)}: ${err}`);
  return out.trim();
};

const stepsDone = async (restoreId: string) =>
  (await restoreFacts(installation, restoreId)).filter(({ type }) => type === 'RestoreStepCompleted').length;

const killed = async () => {
  await restorer.kill();
  front.release();
  await start();
};

/** It has ended well, with nothing left out, and every step was recorded once. */
const expectDone = async (restoreId: string, limitMs = patienceMs) => {
  const { verdict, restore } = await restoreEnded(installation, restoreId, limitMs);
  const leftOut = [...restore.steps.values()].flatMap((step) => step.leftOut);
  expect({ verdict, leftOut }).toEqual({ verdict: 'completed', leftOut: [] });
  const subjects = (await restoreFacts(installation, restoreId)).map(({ subject }) => subject);
  expect(subjects).toHaveLength(new Set(subjects).size);
  expect(restore.steps.size).toBe(restore.plan?.steps.length);
};

/** The next id of each table can be compared once: looking at it takes it. */
const expectSame = async (options: CompareOptions = {}) => {
  const [theirs, ours] = [await source.api.bases(), await target.api.bases()];
  expect(ours.map(({ title }) => title)).toEqual(theirs.map(({ title }) => title));
  for (const [nth, { id: baseId }] of theirs.entries()) {
    const twin = { api: target.api, baseId: ours[nth]?.id ?? '' };
    expect((await differencesOf({ api: source.api, baseId }, twin, options)).map(lineOf)).toEqual([]);
  }
};

describe('a restorer that is killed', () => {
  it('after many of its steps, makes the same bases and fills them with the same records, once', async () => {
    for (const [verb, ...args] of [['restore-schema'], ['restore-records', '--with-attachments']] as const) {
      const restoreId = await request(verb, ...args);
      for (let done = 1; done < 12; done += 3) {
        const isThere = async () => (await stepsDone(restoreId)) >= done || (await isEnded(restoreId));
        await poll(isThere, AbortSignal.timeout(patienceMs), 5);
        if (await isEnded(restoreId)) break;
        await killed();
      }
      await expectDone(restoreId);
    }
    await expectSame({ nextIds: true });
  }, 150_000);

  const isEnded = async (restoreId: string) =>
    (await restoreFacts(installation, restoreId)).some(({ type }) => type === 'RestoreCompleted');

  it('in the middle of a step, neither loses nor doubles anything', async () => {
    for (const { id: base } of await target.api.bases())
      await target.api.send('DELETE', `/api/v2/meta/bases/${base}`);
    front.treat((path, method) => (method === 'POST' && path.endsWith('/columns') ? 'hold' : undefined));
    const schema = await request('restore-schema');
    await held();
    await killed();
    await expectDone(schema);
    let inserts = 0;
    front.treat((path, method) => {
      if (method === 'POST' && path.includes('/records')) inserts++;
      return inserts > 9 && method === 'POST' ? 'hold' : undefined;
    });
    const records = await request('restore-records', '--with-attachments');
    await held();
    const partly = await countOfMeasurements();
    expect([partly > 0, partly < 4_000]).toEqual([true, true]);
    await killed();
    await expectDone(records);
    await expectSame();
  }, 120_000);

  const countOfMeasurements = async () => {
    const [base] = await target.api.bases();
    const tables = await target.api.tables(base?.id ?? '');
    return target.api.count(tables.find(({ title }) => title === 'Messwerte')?.id ?? '');
  };

  const held = () => poll(() => Promise.resolve(front.held.length > 0), AbortSignal.timeout(patienceMs), 5);

  it('while a dump is loaded, leaves one database, and it is whole', async () => {
    const names = async (pattern: string) =>
      (
        await source.postgres.query<{ datname: string }>(
          'select datname from pg_database where datname ~ $1',
          [pattern],
        )
      ).map(({ datname }) => datname);
    const restoreId = await request('restore-dump', '--into', 'copy');
    const isLoading = async () => (await names('^copy_restore_')).length > 0;
    await poll(isLoading, AbortSignal.timeout(patienceMs), 5);
    await killed();
    await expectDone(restoreId);
    expect(await names('^copy')).toEqual(['copy']);
    const table = workspace.measurements;
    const rows = await source.postgres.query<{ count: number }>(
      `select count(*)::int as count from ${table.base_id}."${table.table_name}"`,
      [],
      'copy',
    );
    expect(rows).toEqual([{ count: 4_000 }]);
  }, 120_000);

  it('while files are unpacked, leaves the tree of the backup, and aside what was there', async () => {
    const { dataDir } = target.nocodb;
    await mkdir(join(dataDir, 'nc'), { recursive: true });
    await writeFile(join(dataDir, 'nc/mine.txt'), 'mine');
    const restoreId = await request('restore-files');
    const until = Date.now() + patienceMs;
    const isAtWork = () => readdirSync(dataDir).some((name) => name.startsWith('.nocodb-backup'));
    while (!isAtWork() && Date.now() < until) await turn();
    await killed();
    await expectDone(restoreId);
    const own = (paths: string[]) => paths.filter((path) => !path.startsWith('.nocodb-backup')).toSorted();
    expect(own(await filesIn(dataDir))).toEqual((await filesIn(source.nocodb.dataDir)).toSorted());
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.'))).toEqual([
      `.nocodb-backup-${restoreId}`,
      `.nocodb-backup-before-${restoreId}`,
    ]);
    expect(await readdir(join(dataDir, `.nocodb-backup-${restoreId}`, 'ready'))).toEqual(['outcome.json']);
    expect(await filesIn(join(dataDir, `.nocodb-backup-before-${restoreId}`))).toContain('nc/mine.txt');
  }, 120_000);
});

describe('a NocoDB that ends half way', () => {
  it('is awaited: the restore goes on by itself when it is back', async () => {
    const scope = ['--base', workspace.measurements.base_id, '--table', 'Messwerte'];
    const theirs = (await target.api.bases())[0]?.id ?? '';
    const table = (await target.api.tables(theirs)).find(({ title }) => title === 'Messwerte');
    await target.api.send('DELETE', `/api/v1/db/data/bulk/noco/${theirs}/${table?.id ?? ''}/all`, {});
    let inserts = 0;
    front.treat((path, method) => {
      if (method === 'POST' && path.includes('/records')) inserts++;
      return inserts > 5 && method === 'POST' ? 'hold' : undefined;
    });
    const restoreId = await request('restore-records', ...scope);
    await poll(() => Promise.resolve(front.held.length > 0), AbortSignal.timeout(patienceMs), 5);
    await target.nocodb.kill();
    front.release();
    await target.nocodb.restart();
    // Attempts come after 10 s, and then after a minute.
    await expectDone(restoreId, 180_000);
    expect(await target.api.count(table?.id ?? '')).toBe(4_000);
  }, 260_000);
});
