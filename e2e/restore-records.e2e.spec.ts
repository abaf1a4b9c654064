import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Row } from './api.js';
import { Installation } from './installation.js';
import { filesOf, pictureOf, type TablePicture } from './picture.js';
import { backedUp, type Outcome, outcomeOf } from './restore-outcome.js';
import { seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';

const run = promisify(execFile);

let source: Source;
let installation: Installation;
let workspace: SmallWorkspace;
let id: string;
let before: TablePicture[];

beforeAll(async () => {
  source = await startSource();
  workspace = await seedSmall(source.api);
  installation = await Installation.of(source);
  await installation.up();
  id = await backedUp(installation);
  before = await pictureOf(source.api);
}, 300_000);
afterAll(async () => {
  await installation.remove();
  await source.stop();
}, 60_000);

const restore = (...args: string[]): Promise<Outcome> => outcomeOf(installation, args);
const records = (table: keyof SmallWorkspace) => `/api/v2/tables/${workspace[table].id}/records`;
const rowsOf = (table: keyof SmallWorkspace, fields: string): Promise<Row[]> =>
  source.api.rows(`${records(table)}?fields=${fields}&sort=Id`);
const filesNow = async () => filesOf(source.api, workspace.customers, await rowsOf('customers', 'Id,Akte'));
const withoutRows = ({ rows, ...rest }: TablePicture) => ({ ...rest, rows: rows.length });
const linksOfFirst = async () => {
  const { columns } = await source.api.get<{ columns: { id: string; title: string }[] }>(
    `/api/v2/meta/tables/${workspace.customers.id}`,
  );
  const link = columns.find(({ title }) => title === 'Aufträge')?.id ?? '';
  return source.api.rows(`/api/v2/tables/${workspace.customers.id}/links/${link}/records/1?fields=Id`);
};

describe('records that were deleted by accident', () => {
  const scope = () => ['--base', workspace.customers.base_id, '--table', 'Kunden'];

  beforeAll(async () => {
    await source.api.send('DELETE', records('customers'), [{ Id: 1 }, { Id: 7 }, { Id: 30 }]);
    await source.api.send('PATCH', records('customers'), [{ Id: 2, Name: 'changed since' }]);
  }, 60_000);

  it('are not put back by a guess: the choices are named, and the plan says the same', async () => {
    const { failure } = await outcomeOf(installation, ['restore-records', id, ...scope()], 11);
    expect(failure?.reason).toMatch(
      /"Kunden".*\(27 records\).*--missing puts back those whose id is not there.*--new-ids appends/,
    );
    const plan = await installation.cli(['restore-records', id, ...scope(), '--plan']);
    expect(plan.code).toBe(11);
    expect(plan.err).toMatch(/--missing/);
    expect(await source.api.count(workspace.customers.id)).toBe(27);
  }, 60_000);

  it('come back, they alone, with ids, links and files; what was changed since stays', async () => {
    const outcome = await restore('restore-records', id, ...scope(), '--missing', '--with-attachments');
    expect(outcome).toMatchObject({ verdict: 'completed', leftOut: [] });
    expect(outcome.counts).toMatchObject({ records: 3, files: 2 });
    const rows = await rowsOf('customers', 'Id,Name');
    expect(rows.map(({ Id }) => Id)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(rows[0]).toMatchObject({ Name: 'Kunde 1' });
    expect(rows[1]).toMatchObject({ Name: 'changed since' });
    expect(await filesNow()).toEqual(before.flatMap(({ files }) => files));
  }, 60_000);

  it('come back with the links that other tables had to them', async () => {
    const whole = await linksOfFirst();
    expect(whole).toHaveLength(33);
  }, 60_000);

  it('come back once, however often that is asked for', async () => {
    const again = await restore('restore-records', id, ...scope(), '--only-missing', '--with-attachments');
    expect(again.counts).toMatchObject({ records: 0, files: 0 });
    expect(await source.api.count(workspace.customers.id)).toBe(30);
    expect(await filesNow()).toHaveLength(2);
  }, 60_000);

  it('are appended where new ones are wanted', async () => {
    const other = ['--base', workspace.other.base_id, '--table', 'Kunden'];
    const outcome = await restore('restore-records', id, ...other, '--new-ids');
    expect(outcome).toMatchObject({ verdict: 'completed', counts: { records: 3 } });
    const rows = await rowsOf('other', 'Id,Name');
    expect(rows.map(({ Id }) => Id)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.slice(3).map(({ Name }) => Name)).toEqual(rows.slice(0, 3).map(({ Name }) => Name));
    await source.api.send('DELETE', records('other'), [{ Id: 4 }, { Id: 5 }, { Id: 6 }]);
  }, 60_000);
});

describe('a whole table that was deleted', () => {
  it('is made again with its links, and filled', async () => {
    const { customers } = workspace;
    await source.api.send('DELETE', `/api/v2/meta/tables/${customers.id}`, {});
    const scope = ['--base', customers.base_id, '--table', 'Kunden'];
    const made = await restore('restore-schema', id, ...scope);
    expect(made).toMatchObject({ verdict: 'completed', leftOut: [] });
    const filled = await restore('restore-records', id, ...scope, '--with-attachments');
    expect(filled).toMatchObject({ verdict: 'completed', leftOut: [], counts: { records: 30, files: 2 } });
    const table = (await source.api.tables(customers.base_id)).find(({ title }) => title === 'Kunden');
    if (!table) throw new Error('there is no table "Kunden"');
    workspace = { ...workspace, customers: table };
    expect(await filesNow()).toEqual(before.flatMap(({ files }) => files));
    expect(await linksOfFirst()).toHaveLength(33);
  }, 90_000);
});

describe('a dump that somebody restored by hand, without the files', () => {
  it('has its files again after restore-attachments, and equals what was backed up', async () => {
    const { nocodb, postgres } = source;
    await nocodb.kill('SIGTERM');
    await rm(nocodb.dataDir, { recursive: true });
    await mkdir(nocodb.dataDir);
    await postgres.query('drop database nocodb with (force)');
    const url = await postgres.createDatabase('nocodb', 'nocodb');
    const dump = join(installation.vault, id, 'database.sql.gz');
    const psql = join(postgres.binDir, 'psql');
    await run('bash', [
      '-c',
      'set -o pipefail; gunzip -c "$1" | "$2" -q -v ON_ERROR_STOP=1 "$3"',
      '-',
      dump,
      psql,
      url,
    ]);
    await nocodb.restart();
    const missing = (await pictureOf(source.api)).flatMap(({ files }) => files);
    expect(missing).toEqual([expect.stringContaining('HTTP 404'), expect.stringContaining('HTTP 404')]);
    const outcome = await restore('restore-attachments', id);
    expect(outcome).toMatchObject({ verdict: 'completed', leftOut: [], counts: { files: 2 } });
    const now = await pictureOf(source.api);
    expect(now.flatMap(({ files }) => files)).toEqual(before.flatMap(({ files }) => files));
    expect(now.map(withoutRows)).toEqual(before.map(withoutRows));
    // The record with the files, whose paths and time are new.
    expect(
      now.flatMap(({ rows }, at) => rows.filter((row, nth) => row !== before[at]?.rows[nth])),
    ).toHaveLength(1);
  }, 120_000);
});
