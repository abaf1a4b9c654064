import { chmod, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Row, Table } from './api.js';
import type { Child } from './child.js';
import { Installation } from './installation.js';
import { filesOf, pictureOf } from './picture.js';
import { backedUp, type Ended, ended, outcomeOf } from './restore-outcome.js';
import { seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';

const person = { email: 'bob@example.com', password: 'a password of his' };

let source: Source;
let installation: Installation;
let program: Child;
let workspace: SmallWorkspace;
let chosen: Table;
let id: string;

/** A table with choices and people in it. */
const seedChosen = async (): Promise<Table> => {
  const { api } = source;
  await api.send('POST', '/api/v2/auth/user/signup', person);
  const base = await api.send<{ id: string }>('POST', '/api/v2/meta/bases', { title: 'Team', meta: '{}' });
  await api.send('POST', `/api/v2/meta/bases/${base.id}/users`, { email: person.email, roles: 'editor' });
  const options = { options: [{ title: 'open' }, { title: 'done' }] };
  const columns = [
    { title: 'Name', uidt: 'SingleLineText', pv: true },
    { title: 'State', uidt: 'SingleSelect', colOptions: options },
    { title: 'Who', uidt: 'User' },
    { title: 'Papers', uidt: 'Attachment' },
  ].map((column) => ({ column_name: column.title, ...column }));
  const body = { title: 'Tasks', table_name: 'Tasks', columns };
  const table = await api.send<Table>('POST', `/api/v2/meta/bases/${base.id}/tables`, body);
  const rows = Array.from({ length: 10 }, (_, index) => ({
    Name: `task ${index + 1}`,
    State: index < 4 ? 'done' : 'open',
    Who: index < 3 ? [{ email: person.email }] : null,
  }));
  await api.send('POST', `/api/v2/tables/${table.id}/records`, rows);
  const form = new FormData();
  form.append('file', new Blob(['a paper']), 'paper.txt');
  const papers = await api.send<object[]>('POST', '/api/v2/storage/upload?path=noco/test/papers', form);
  await api.send('PATCH', `/api/v2/tables/${table.id}/records`, { Id: 5, Papers: papers });
  return table;
};

beforeAll(async () => {
  source = await startSource();
  await source.postgres.query('alter role nocodb createdb');
  workspace = await seedSmall(source.api);
  chosen = await seedChosen();
  installation = await Installation.of(source, { NOCODB_BACKUP_ATTEMPTS: '1' });
  program = await installation.up();
  id = await backedUp(installation);
}, 300_000);
afterAll(async () => {
  await installation.remove();
  await source.stop();
}, 60_000);

const databases = async () =>
  (await source.postgres.query<{ datname: string }>('select datname from pg_database order by 1')).map(
    ({ datname }) => datname,
  );

/** What it says on stdout, on stderr and as its reason: nothing of it may hold a secret. */
const said = ({ out, err, outcome }: Ended): string => `${outcome.failure?.reason ?? ''}\n${err}\n${out}`;

const expectNoSecret = (text: string) => {
  const { NOCODB_API_TOKEN: token = 'none' } = source.variables;
  for (const secret of [token, 'nocodb:nocodb@', 'wrong-secret']) expect(text).not.toContain(secret);
};

describe('a damaged backup', () => {
  const folder = () => join(installation.vault, id);
  const measured = () => ['--base', workspace.measurements.base_id, '--table', 'Messwerte'];
  const pathOf = async (table: string, name: string) => {
    const { artifacts } = await installation.manifest(id);
    const found = artifacts.find(({ path }) => path.includes(`/${table}/`) && path.endsWith(name));
    return found?.path ?? 'none';
  };

  const shortened = async (path: string) => truncate(path, (await readFile(path)).length - 100);
  const flipped = async (path: string) => {
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
  };
  const edited = async (path: string) => {
    const manifest = await readFile(path, 'utf8');
    await writeFile(path, manifest.replace(/"records": ?4000/, '"records":"many"'));
  };

  interface Damage {
    readonly title: string;
    readonly pathFor: () => Promise<string>;
    readonly harm: (path: string) => Promise<void>;
    readonly verb: readonly string[];
    readonly reason: RegExp;
  }
  const damages: readonly Damage[] = [
    {
      title: 'a dump that is cut off',
      pathFor: () => Promise.resolve('database.sql.gz'),
      harm: shortened,
      verb: ['restore-dump'],
      reason: /database\.sql\.gz.* bytes were stored/,
    },
    {
      title: 'records of which a bit has changed',
      pathFor: () => pathOf('Messwerte', 'records.json.gz'),
      harm: flipped,
      verb: ['restore-records', '--new-ids'],
      reason: /Messwerte\/records\.json\.gz.*its bytes have changed/,
    },
    {
      title: 'a table whose records are gone',
      pathFor: () => pathOf('Messwerte', 'records.json.gz'),
      harm: (path) => rm(path),
      verb: ['restore-records', '--new-ids'],
      reason: /Messwerte\/records\.json\.gz.*is missing/,
    },
    {
      title: 'a manifest that was edited',
      pathFor: () => Promise.resolve('manifest.json'),
      harm: edited,
      verb: ['restore-dump'],
      reason: /manifest\.json.*cannot be used.*damaged/,
    },
  ];

  it.each(damages)(
    'is told, and nothing is touched: $title',
    async ({ pathFor, harm, verb, reason }) => {
      const there = [await pictureOf(source.api), await databases()];
      const path = join(folder(), await pathFor());
      await chmod(dirname(path), 0o755);
      await writeFile(`${path}.kept`, await readFile(path));
      await harm(path);
      try {
        const scope = verb.includes('restore-dump') ? [] : measured();
        const { code, out, err } = await installation.cli([...verb, ...scope, '--force', id]);
        expect([code, out + err]).toEqual([1, expect.stringMatching(reason)]);
        expect(out + err).toMatch(/nocodb-backup list/);
        expectNoSecret(out + err);
      } finally {
        await rename(`${path}.kept`, path);
      }
      expect([await pictureOf(source.api), await databases()]).toEqual(there);
    },
    60_000,
  );

  it('that is not there at all ends with its own exit code', async () => {
    const { code, err } = await installation.cli(['restore-dump', '2001-01-01_00-00-00', '--force']);
    expect(code).toBe(10);
    expect(err).toMatch(/2001-01-01_00-00-00.*\n?.*nocodb-backup list/);
  }, 60_000);
});

describe('a target that does not let anybody in', () => {
  beforeAll(async () => {
    await program.kill('SIGTERM');
    program = await installation.up({ NOCODB_API_TOKEN: 'wrong-secret', DATABASE_PASSWORD: 'wrong-secret' });
  }, 60_000);
  afterAll(async () => {
    await program.kill('SIGTERM');
    program = await installation.up();
  }, 60_000);

  it.each([
    ['restore-records', /NOCODB_API_TOKEN/],
    ['restore-schema', /NOCODB_API_TOKEN/],
    ['restore-attachments', /NOCODB_API_TOKEN/],
    ['restore-dump', /DATABASE_PASSWORD/],
  ])(
    'is named with the variable that is wrong, not with its value: %s',
    async (verb, reason) => {
      const ending = await ended(installation, verb, id);
      expect([ending.code, said(ending)]).toEqual([1, expect.stringMatching(reason)]);
      expectNoSecret(said(ending));
    },
    60_000,
  );
});

describe('a target that has changed since', () => {
  const tasks = () => `/api/v2/tables/${chosen.id}/records`;
  const measurements = () => `/api/v2/tables/${workspace.measurements.id}/records`;
  const emptied = ({ id: table, base_id }: Table) =>
    source.api.send('DELETE', `/api/v1/db/data/bulk/noco/${base_id}/${table}/all`, {});

  it('without a column gets the rest, and is told what has no place; nothing twice the second time', async () => {
    const { measurements: table } = workspace;
    const column = table.columns.find(({ title }) => title === 'Wert')?.id ?? '';
    await source.api.send('DELETE', `/api/v2/meta/columns/${column}`, {});
    await emptied(table);
    const scope = ['--base', table.base_id, '--table', 'Messwerte'];
    const outcome = await outcomeOf(installation, ['restore-records', id, ...scope], 3);
    expect(outcome).toMatchObject({ verdict: 'partial', counts: { records: 4_000 } });
    expect(outcome.leftOut).toMatchObject([{ what: expect.stringContaining('"Wert"'), count: 4_000 }]);
    await outcomeOf(installation, ['restore-records', id, ...scope, '--missing'], 0);
    expect(await source.api.count(table.id)).toBe(4_000);
    const [first] = await source.api.rows(`${measurements()}?fields=Id&sort=Id`);
    expect(first).toMatchObject({ Id: 1 });
  }, 60_000);

  it('without an option and without a person gets every record, and is told which values have no place', async () => {
    const { api } = source;
    const { columns } = await api.get<Table>(`/api/v2/meta/tables/${chosen.id}`);
    const state = columns.find(({ title }) => title === 'State') as unknown as {
      id: string;
      colOptions: { options: { title: string }[] };
    };
    const options = state.colOptions.options.filter(({ title }) => title !== 'done');
    await api.send('PATCH', `/api/v2/meta/columns/${state.id}`, { ...state, colOptions: { options } });
    const { list } = await api.send<{ list: { id: string; email: string }[] }>('GET', '/api/v1/users');
    const bob = list.find(({ email }) => email === person.email)?.id ?? '';
    await api.send('DELETE', `/api/v1/users/${bob}`);
    await emptied(chosen);
    const scope = ['--base', 'Team', '--table', 'Tasks'];
    const outcome = await outcomeOf(installation, ['restore-records', id, ...scope, '--with-attachments'], 3);
    expect(outcome.counts).toMatchObject({ records: 10, files: 1 });
    const left = outcome.leftOut.map(({ what, reason, count }) => `${count} ${what}: ${reason}`);
    expect(left.toSorted()).toEqual([
      expect.stringMatching(/^3 values of "Who" .*not among the members of the base.*bob@example\.com/),
      expect.stringMatching(/^4 values of "State" .*not among the options on the target: "done"/),
    ]);
    const rows = await api.rows(`${tasks()}?fields=Id,Name,State&sort=Id`);
    expect(rows.map(({ Name }) => Name)).toEqual(
      Array.from({ length: 10 }, (_, index) => `task ${index + 1}`),
    );
    expect(rows.map(({ State }) => State)).toEqual([
      null,
      null,
      null,
      null,
      ...Array<string>(6).fill('open'),
    ]);
  }, 60_000);
});

describe('a backup of the Python tool', () => {
  const old = '2024-02-05_06-15-00';
  let rows: Row[];

  beforeAll(async () => {
    const { api } = source;
    rows = await api.rows(`/api/v2/tables/${chosen.id}/records?sort=Id`);
    const write = async (path: string, bytes: string | Buffer) => {
      await mkdir(dirname(join(installation.vault, old, path)), { recursive: true });
      await writeFile(join(installation.vault, old, path), bytes);
    };
    const folder = 'bases/Team/tables/Tasks';
    const { base_id, id: tableId } = chosen;
    await write('database.sql.gz', await readFile(join(installation.vault, id, 'database.sql.gz')));
    await write('bases/Team/metadata.json', JSON.stringify({ id: base_id, title: 'Team', sources: [] }));
    await write(`${folder}/schema.json`, JSON.stringify(await api.get(`/api/v2/meta/tables/${tableId}`)));
    await write(`${folder}/records.json.gz`, gzipSync(JSON.stringify(rows)));
    await write(`${folder}/attachments/Papers/paper.txt`, 'a paper');
    const table = { id: tableId, title: 'Tasks', records_count: 10, attachments_count: 1 };
    const bases = [{ id: base_id, title: 'Team', tables: [table] }];
    await write('manifest.json', JSON.stringify({ version: '1.0', nocodb_url: source.nocodb.url, bases }));
    await api.send('DELETE', `/api/v2/meta/bases/${base_id}`, {});
  }, 60_000);

  it('is inspected', async () => {
    const { code, out } = await installation.cli(['inspect', old]);
    expect(code).toBe(0);
    expect(out).toMatch(/Tasks\/ \(10 records/);
    expect(out).toMatch(/made by the older tool \(Python\)/);
  }, 60_000);

  it('gives its tables, records and files back', async () => {
    const { api } = source;
    const made = await outcomeOf(installation, ['restore-schema', old], 3);
    expect(made.counts).toMatchObject({ bases: 1, tables: 1 });
    expect(made.leftOut.map(({ what }) => what)).toEqual([expect.stringContaining('views')]);
    const filled = await ended(installation, 'restore-records', old, '--with-attachments');
    expect(filled.outcome).toMatchObject({ verdict: 'completed', counts: { records: 10, files: 1 } });
    const base = (await api.bases()).find(({ title }) => title === 'Team');
    const [table] = await api.tables(base?.id ?? '');
    if (!table) throw new Error('there is no table');
    const now = await api.rows(`/api/v2/tables/${table.id}/records?sort=Id`);
    const cells = (all: readonly Row[]) => all.map(({ Id, Name, State }) => ({ Id, Name, State }));
    expect(cells(now)).toEqual(cells(rows));
    expect(await filesOf(api, table, now)).toEqual([expect.stringMatching(/^5 paper\.txt [0-9a-f]{64}$/)]);
  }, 60_000);

  it('gives its database back', async () => {
    const { counts, warnings } = await outcomeOf(installation, [
      'restore-dump',
      old,
      '--into',
      'from_python',
    ]);
    expect(counts.tables).toBeGreaterThan(50);
    expect(warnings.join('\n')).toMatch(/does not tell how many rows/);
    const [found] = await source.postgres.query<{ count: number }>(
      'select count(*)::int as count from nc_users_v2',
      [],
      'from_python',
    );
    expect(found?.count).toBe(2);
  }, 60_000);
});
