import { mkdir, readdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backupIdOf } from '@nocodb-backup/backup';
import { Api } from './api.js';
import { Installation } from './installation.js';
import { pictureOf, type TablePicture } from './picture.js';
import { restoreEnded } from './restore-harness.js';
import { backedUp, type FullOutcome, type Outcome, outcomeOf } from './restore-outcome.js';
import { seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';

const person = { email: 'ada@example.com', password: 'an old password' };

let source: Source;
let installation: Installation;
let workspace: SmallWorkspace;
let id: string;
let before: TablePicture[];

beforeAll(async () => {
  source = await startSource();
  workspace = await seedSmall(source.api);
  await source.api.send('POST', '/api/v2/auth/user/signup', person);
  installation = await Installation.of(source);
  await installation.up();
  id = await backedUp(installation);
  before = await pictureOf(source.api);
}, 300_000);
afterAll(async () => {
  await installation.remove();
  await source.stop();
}, 60_000);

/** Another one than the super admin: NocoDB gives that one the password of its variables at every start. */
const sessionOf = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/api/v2/auth/user/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(person),
  });
  if (!response.ok) throw new Error(`the old password is refused: ${response.status}`);
  return ((await response.json()) as { token: string }).token;
};

/** As before in all that can be seen with the old token; the old password opens it; and people can go on working. */
const expectAsBefore = async () => {
  const { api, nocodb } = source;
  expect(await pictureOf(api)).toEqual(before);
  expect(before.flatMap(({ files }) => files)).toHaveLength(2);
  expect(await sessionOf(nocodb.url)).not.toBe('');
  const anew = new Api(nocodb.url, {
    token: source.variables.NOCODB_API_TOKEN ?? '',
    session: await nocodb.signIn(),
  });
  const { id: table } = workspace.orders;
  const made = await anew.send<{ Id: number }>('POST', `/api/v2/tables/${table}/records`, { Name: 'new' });
  expect(made.Id).toBe(91);
  await anew.send('DELETE', `/api/v2/tables/${table}/records`, { Id: made.Id });
};

const stopNocoDb = () => source.nocodb.kill('SIGTERM');
const databases = async () =>
  (
    await source.postgres.query<{ datname: string }>(
      `select datname from pg_database where datname ~ '^nocodb'`,
    )
  )
    .map(({ datname }) => datname)
    .toSorted();

describe('a NocoDB that has lost its database and its files', () => {
  beforeAll(async () => {
    await stopNocoDb();
    await source.postgres.query('drop database nocodb with (force)');
    await rm(source.nocodb.dataDir, { recursive: true });
    await mkdir(source.nocodb.dataDir);
  }, 60_000);

  it('is not restored where nobody may make the database, and the statement that helps is named', async () => {
    const full = ['restore', id, '--full'];
    const outcome = await outcomeOf<FullOutcome>(installation, full, 11);
    expect(outcome.verdict).toBe('refused');
    expect(outcome.notRestored.join('\n')).toMatch(/CREATE DATABASE "nocodb" OWNER "nocodb"/);
    expect(await databases()).toEqual([]);
    expect(await readdir(source.nocodb.dataDir)).toEqual([]);
  }, 60_000);

  it('is back with its people, tokens, records, links and files', async () => {
    await source.postgres.query('alter role nocodb createdb');
    const outcome = await outcomeOf<FullOutcome>(installation, ['restore', id, '--full']);
    expect(outcome).toMatchObject({ verdict: 'completed', notRestored: [] });
    expect(outcome.restores.map(({ leftOut }) => leftOut)).toEqual([[], []]);
    expect(outcome.next.join('\n')).toMatch(/Start NocoDB/);
    await source.nocodb.restart();
    await expectAsBefore();
  }, 120_000);
});

describe('a NocoDB with other content than the backup', () => {
  let outcome: FullOutcome;

  const dump = () => outcome.restores[0] ?? ({ id: '', next: [] } as unknown as Outcome);
  const sql = () =>
    dump().next.flatMap((text) => /ALTER DATABASE .* RENAME TO .*"$/.exec(text)?.[0].split('; ') ?? []);

  beforeAll(async () => {
    const { api } = source;
    await api.send('POST', '/api/v2/meta/bases', { title: 'A later base', meta: '{}' });
    await api.send('DELETE', `/api/v2/tables/${workspace.orders.id}/records`, [{ Id: 1 }, { Id: 2 }]);
  }, 60_000);

  it.each([
    ['dump', /is in use \(\d+ connections? of "nocodb".*stop NocoDB.*--force disconnects/],
    ['files', /NocoDB seems to run.*stop it first.*or use --force/],
  ] as const)(
    'keeps it all while it runs and nobody insists: %s',
    async (kind, reason) => {
      const there = await pictureOf(source.api);
      const names = [await databases(), await readdir(source.nocodb.dataDir)];
      const planned = await installation.cli([`restore-${kind}`, id, '--plan']);
      expect(planned.code).toBe(11);
      expect(planned.err).toMatch(reason);
      const restoreId = backupIdOf(new Date(Date.now() + 60_000));
      const request = { restoreId, backupId: id, source: 'default', kind, scope: {}, options: {} };
      const data = JSON.stringify({ ...request, planOnly: false, requestedBy: 'a test' });
      expect(await installation.cli(['publish', 'RestoreRequested', '--data', data])).toMatchObject({
        code: 0,
      });
      const { verdict, restore } = await restoreEnded(installation, restoreId);
      expect(verdict).toBe('refused');
      expect((restore.ending?.data as { reason: string }).reason).toMatch(reason);
      expect([await databases(), await readdir(source.nocodb.dataDir)]).toEqual(names);
      expect(await pictureOf(source.api)).toEqual(there);
    },
    60_000,
  );

  it('is replaced although it runs where somebody insists, and kept aside', async () => {
    outcome = await outcomeOf<FullOutcome>(installation, ['restore', id, '--full']);
    expect(outcome.verdict).toBe('completed');
    await source.nocodb.restart();
    expect((await source.api.bases()).map(({ title }) => title)).toEqual(['CRM', 'CRM']);
    await expectAsBefore();
    expect(await databases()).toEqual(['nocodb', `nocodb_before_${dump().id}`]);
  }, 120_000);

  it('is back by the SQL that was printed', async () => {
    await stopNocoDb();
    expect(sql()).toHaveLength(2);
    for (const statement of sql()) await source.postgres.query(statement);
    await source.nocodb.restart();
    expect((await source.api.bases()).map(({ title }) => title)).toContain('A later base');
    expect(await source.api.count(workspace.orders.id)).toBe(88);
  }, 60_000);
});

describe('the secrets of a NocoDB', () => {
  it('do not keep people out who come with another NC_AUTH_JWT_SECRET: password and token work', async () => {
    const { postgres } = source;
    await stopNocoDb();
    await outcomeOf(installation, ['restore-dump', id, '--into', 'moved']);
    const moved = await startSource({
      postgres,
      database: 'moved',
      env: { NC_AUTH_JWT_SECRET: 'another one' },
    });
    try {
      expect(await sessionOf(moved.nocodb.url)).not.toBe('');
      const { api } = source;
      const keys = { token: source.variables.NOCODB_API_TOKEN ?? '', session: '' };
      const there = new Api(moved.nocodb.url, keys);
      expect(await there.count(workspace.measurements.id)).toBe(4_000);
      expect(api.url).not.toBe(there.url);
    } finally {
      await moved.stop();
    }
  }, 120_000);

  it('are missed by name: without its NC_CONNECTION_ENCRYPT_KEY a restored one is of no use', async () => {
    const key = { NC_CONNECTION_ENCRYPT_KEY: 'a key of thirty-two characters..' };
    const { postgres } = source;
    const open = await startSource({ postgres, database: 'locked', env: key });
    try {
      // The first start with a key encrypts; NocoDB works from the second on.
      await open.nocodb.restart();
      const { id: base } = await open.api.send<{ id: string }>('POST', '/api/v2/meta/bases', { title: 'B' });
      const table = { title: 'T', table_name: 'T', columns: [{ title: 'Name', uidt: 'SingleLineText' }] };
      const made = await open.api.send<{ id: string }>('POST', `/api/v2/meta/bases/${base}/tables`, table);
      const theirs = await Installation.of(open);
      try {
        const withoutKey = await theirs.up();
        const backup = await backedUp(theirs, '--db-only');
        await open.nocodb.kill('SIGTERM');
        const { warnings } = await outcomeOf(theirs, ['restore-dump', backup]);
        expect(warnings.join('\n')).toMatch(
          /was run with NC_CONNECTION_ENCRYPT_KEY: start it with the same key/,
        );
        await withoutKey.kill();
        await theirs.up(key);
        const right = await outcomeOf(theirs, ['restore-dump', backup]);
        expect(right.warnings.join('\n')).not.toContain('ENCRYPT');
        const keyless = await startSource({ postgres, database: 'locked' });
        await expect(keyless.api.count(made.id)).rejects.toThrow(/500/);
        await keyless.stop();
        await open.nocodb.restart();
        expect(await open.api.count(made.id)).toBe(0);
      } finally {
        await theirs.remove();
      }
    } finally {
      await open.stop();
    }
  }, 240_000);
});
