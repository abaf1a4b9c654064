import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Downloads, NocoDb } from '@nocodb-backup/nocodb';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import { DirectoryVault } from '@nocodb-backup/vault';
import { exportTable, type TableExport } from './export-table.js';
import { type Between, between, whenQuiet } from './faults.harness.js';
import { planExport } from './plan-export.js';
import type { Sink } from './sink.js';
import { Admin, column, columnId, range, seededCrm, type TableAnswer } from './workshop.harness.js';

const backupId = '2026-02-05_05-15-00';
const signal = AbortSignal.timeout(240_000);
type Row = Record<string, unknown>;
interface Link {
  column: string;
  from: number;
  to: number;
}

describe('the export of a table', () => {
  let postgres: PostgresServer;
  let nocodb: NocoDbServer;
  let admin: Admin;
  let proxy: Between;
  let folder: string;
  let api: NocoDb;
  let base: string;
  let customers: TableAnswer;
  let orders: TableAnswer;
  let attempts = 0;
  const downloads = new Downloads({ timeoutMs: 2000 });
  const closers: (() => unknown)[] = [() => downloads.close()];

  beforeAll(async () => {
    postgres = await startPostgres();
    closers.push(() => postgres.stop());
    nocodb = await startNocoDb({ postgres });
    closers.push(() => nocodb.stop());
    admin = new Admin(nocodb.url, await nocodb.signIn());
    proxy = await between(nocodb.url);
    folder = await mkdtemp(join(tmpdir(), 'exporter-'));
    api = new NocoDb({ url: proxy.url, token: await nocodb.createToken(), tries: 2 });
    closers.push(
      () => rm(folder, { recursive: true, force: true }),
      () => {
        proxy.close();
      },
      () => api.close(),
    );
    ({ base, customers, orders } = await seededCrm(admin));
  }, 900_000);
  afterEach(() => {
    proxy.fault = () => false;
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  }, 60_000);

  const sql = (statement: string) => postgres.query(statement, [], 'nocodb');
  const stage = (): Sink & { place: string } => {
    const attempt = `attempt-${++attempts}`;
    const staging = new DirectoryVault(folder).stage(backupId, attempt);
    const store: Sink['store'] = (...given) => staging.store(...given);
    return { store, place: join(folder, '.staging', backupId, attempt) };
  };
  const exported = async (table: TableAnswer, options: { attachments?: boolean; sink?: Sink } = {}) => {
    const staged = stage();
    const { attachments = false, sink = staged } = options;
    const wanted = {
      backupId,
      baseId: base,
      tableId: table.id,
      title: table.title,
      folder: `bases/b/tables/${table.title}`,
    };
    const tools = { api, downloads, sink, signal, progress: () => undefined };
    const fact = await exportTable(tools, { ...wanted, records: true, attachments });
    const read = async (name: string) => {
      const bytes = await readFile(join(staged.place, wanted.folder, name));
      return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as never;
    };
    return { fact, read, place: join(staged.place, wanted.folder) };
  };
  const everything = async (table: TableAnswer, fields: readonly string[]) => {
    const rows: Row[] = [];
    for (let page = 1; ; page++) {
      const query = `limit=1000&page=${page}&fields=${fields.map((title) => columnId(table, title)).join(',')}`;
      const { list, pageInfo } = await admin.call<{ list: Row[]; pageInfo: { isLastPage: boolean } }>(
        'GET',
        `/api/v2/tables/${table.id}/records?${query}`,
      );
      rows.push(...list);
      if (pageInfo.isLastPage) return rows;
    }
  };
  const toOrders = (id: string) =>
    ['hm1', 'mm2', 'oo1', 'om2'].map((title) => columnId(customers, title)).includes(id);
  const names = (fact: TableExport) => fact.artifacts.map(({ path }) => path.split('/').slice(4).join('/'));

  it('is cell by cell what the API answers', async () => {
    const { fact, read } = await exported(customers);
    const fields = [
      'Id',
      'Name',
      'Count',
      'Price',
      'Data',
      'Files',
      'CreatedAt',
      'Label',
      'hm1',
      'mm2',
      'self',
    ];
    const expected = await everything(customers, fields);
    const rows: Row[] = await read('records.json.gz');
    expect(fact.records).toBe(2500);
    expect(rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])))).toEqual(
      expected,
    );
    expect(fact.warnings).toEqual([]);
  }, 60_000);

  it('has every link of every kind, also beyond 25 for one record', async () => {
    const { fact, read } = await exported(customers);
    const links: { column: string; from: number; to: number }[] = await read('links.json.gz');
    const of = (title: string, record: number) =>
      links
        .filter(({ column: id, from }) => id === columnId(customers, title) && from === record)
        .map(({ to }) => to);
    expect(of('hm1', 2)).toEqual(range(100, 40));
    expect(of('mm2', 2)).toEqual(range(1, 60));
    expect(of('oo1', 2)).toEqual([2]);
    expect(of('om2', 2)).toEqual(range(100, 30));
    expect(of('self', 2)).toEqual(range(200, 30));
    expect(fact.links).toBe(links.length);
  }, 60_000);

  it('lists the links of a relation from its other side, too', async () => {
    const there: Link[] = await (await exported(customers)).read('links.json.gz');
    const back: Link[] = await (await exported(orders)).read('links.json.gz');
    const byColumn = (links: Link[], text: (link: Link) => string) =>
      Object.values(Object.groupBy(links, ({ column: id }) => id)).map((own = []) =>
        own
          .map((link) => text(link))
          .sort()
          .join(),
      );
    const pointing = there.filter(({ column: id }) => toOrders(id));
    expect(byColumn(pointing, ({ from, to }) => `${from}-${to}`).sort()).toEqual(
      byColumn(back, ({ from, to }) => `${to}-${from}`).sort(),
    );
    expect(back).toHaveLength(2 * (40 + 60 + 1 + 30));
  }, 60_000);

  it('keeps the order that people see', async () => {
    const table = await admin.table(base, 'Ordered', [column('Name', 'SingleLineText')]);
    await admin.insert(
      table.id,
      range(1, 6).map((n) => ({ Name: `${n}` })),
    );
    await sql(
      `update "${base}"."Ordered" set nc_order = case id when 6 then 1.5 when 1 then 90000 when 3 then null else id end`,
    );
    const { read } = await exported(table);
    const seen = await everything(table, ['Id']);
    expect(await read('order.json.gz')).toEqual(seen.map(({ Id }) => Id));
    expect(await read('order.json.gz')).toEqual([6, 2, 4, 5, 1, 3]);
    expect(((await read('records.json.gz')) as Row[]).map(({ Id }) => Id)).toEqual(range(1, 6));
  }, 60_000);

  it('of an empty table is whole', async () => {
    const table = await admin.table(base, 'Empty', [column('Name', 'SingleLineText')]);
    const { fact, read } = await exported(table, { attachments: true });
    expect(names(fact)).toEqual(['schema.json', 'records.json.gz', 'order.json.gz']);
    expect(await read('records.json.gz')).toEqual([]);
    expect(await read('schema.json')).toMatchObject({
      table: { title: 'Empty' },
      hooks: [],
      views: [{ sorts: [] }],
    });
  }, 60_000);

  it('names what the API does not tell exactly: numbers beyond 2^53, dates before the year 100', async () => {
    const kinds = [
      column('Big', 'Number'),
      column('Day', 'Date'),
      column('Fine', 'Date'),
      column('Few', 'Number'),
    ];
    const table = await admin.table(base, 'Limits', kinds);
    const limits = { Big: 7, Day: '0001-01-01', Fine: '0100-01-01', Few: 7 };
    await admin.insert(table.id, [limits, { ...limits, Day: '1950-01-01' }]);
    await sql(`update "${base}"."Limits" set big = 9007199254740993 where id = 1`);
    const { fact } = await exported(table);
    expect(fact.warnings).toEqual([
      expect.stringMatching(/^"Big" of "Limits" holds numbers .*first seen in record 1/),
      expect.stringMatching(/^"Day" of "Limits" holds dates before the year 100 \(1 records\)/),
    ]);
  }, 60_000);

  it('D3: of a table one page of which fails is no export, and leaves no file of records', async () => {
    proxy.fault = (url, response) => {
      if (!/gt,[1-9]/.test(url.searchParams.get('where') ?? '')) return false;
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"msg":"boom"}');
      return true;
    };
    await expect(exported(customers)).rejects.toThrow(/HTTP 500 to GET .*records: boom/);
    const last = join(
      folder,
      '.staging',
      backupId,
      `attempt-${attempts}`,
      'bases/b/tables/Customers/records.json.gz',
    );
    await expect(readFile(last)).rejects.toThrow('ENOENT');
  }, 60_000);

  it('D3: of a table with a page that is silently empty is no export', async () => {
    proxy.fault = (url, response) => {
      if (!url.pathname.endsWith('/records') || !/gt,[1-9]/.test(url.searchParams.get('where') ?? ''))
        return false;
      response.end('{"list":[],"pageInfo":{"isLastPage":true,"pageSize":1000}}');
      return true;
    };
    await expect(exported(customers)).rejects.toThrow(
      /1000 rows of the records of "Customers" were read, and NocoDB counts 2500 .*records could be missing/,
    );
  }, 60_000);

  it('is read without its formulas when NocoDB cannot compute them, and says so', async () => {
    const label = columnId(customers, 'Label');
    proxy.fault = (url, response) => {
      if (!(url.searchParams.get('fields') ?? '').includes(label)) return false;
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"msg":"division by zero"}');
      return true;
    };
    const { fact } = await exported(customers);
    expect(fact.records).toBe(2500);
    expect(fact.warnings).toEqual([expect.stringMatching(/could not compute .*"Label".* of "Customers"/)]);
  }, 60_000);

  it('of a table that was deleted is a permanent failure that names it', async () => {
    const table = await admin.table(base, 'Gone', []);
    await admin.call('DELETE', `/api/v2/meta/tables/${table.id}`);
    await expect(exported(table)).rejects.toMatchObject({
      name: 'PermanentError',
      message: `table "Gone" (${table.id}) was deleted after the backup was planned`,
    });
  }, 60_000);

  it('D4, D6, D13: has the files of NocoDB itself, two of one title, and names the ones that are not to be had', async () => {
    const table = await admin.table(base, 'Papers', [column('Files / Ä', 'Attachment')]);
    const files = [
      await admin.upload('invoice.pdf', 'one'),
      await admin.upload('invoice.pdf', 'two!'),
      await admin.upload('a#b?.txt', 'odd'),
    ];
    const foreign = await between(nocodb.url);
    foreign.fault = (_, response) => {
      response.end('foreign');
      return true;
    };
    const odd = [
      { url: `${foreign.url}/x`, title: 'CON' },
      { url: 'http://127.0.0.1:9/secret', title: 'far.png' },
    ];
    await admin.insert(table.id, [
      { 'Files / Ä': [...files, ...odd] },
      { 'Files / Ä': null },
      { 'Files / Ä': [files[0]] },
    ]);
    try {
      const { fact, read, place } = await exported(table, { attachments: true });
      const index: Row[] = await read('attachments.json.gz');
      expect(names(fact)).toContain('attachments.json.gz');
      expect(
        index.flatMap(({ path }) => (typeof path === 'string' ? path.split('/Papers/')[1] : [])),
      ).toEqual([
        'attachments/Files _ Ä/1_invoice.pdf',
        'attachments/Files _ Ä/1_invoice (2).pdf',
        'attachments/Files _ Ä/1_a#b_.txt',
        'attachments/Files _ Ä/1__CON',
        'attachments/Files _ Ä/3_invoice.pdf',
      ]);
      expect(await readFile(join(place, 'attachments/Files _ Ä/1_invoice (2).pdf'), 'utf8')).toBe('two!');
      expect(fact.attachments).toEqual({
        index: expect.stringMatching(/Papers\/attachments\.json\.gz$/),
        files: 5,
        bytes: 3 + 4 + 3 + 7 + 3,
        missing: ['far.png (record 1 of "Papers", "Files / Ä"): 127.0.0.1:9: connection refused'],
        missingCount: 1,
      });
      expect(index).toHaveLength(6);
      expect(index[1]).toMatchObject({
        record: 1,
        index: 1,
        title: 'invoice.pdf',
        bytes: 4,
        column: columnId(table, 'Files / Ä'),
      });
      expect(index[4]).toMatchObject({ title: 'far.png', missing: '127.0.0.1:9: connection refused' });
    } finally {
      foreign.close();
    }
  }, 60_000);

  it('asks once more for a file whose signed path died with the server', async () => {
    let dead = 0;
    proxy.fault = (url, response) => {
      if (!/^\/(dltemp|download)\//.test(url.pathname) || dead++ >= 2) return false;
      response.writeHead(404).end();
      return true;
    };
    const table = await admin.table(base, 'Late', [column('File', 'Attachment')]);
    await admin.insert(table.id, [{ File: [await admin.upload('late.txt', 'late')] }]);
    const { fact } = await exported(table, { attachments: true });
    expect(fact.attachments).toMatchObject({ files: 1, missingCount: 0 });
  }, 60_000);

  it('D2: cannot be planned with a token that is refused, and is never a backup of nothing', async () => {
    const stranger = new NocoDb({ url: nocodb.url, token: 'expired' });
    try {
      await expect(planExport({ api: stranger, sink: stage(), signal })).rejects.toThrow(
        /refused the API token/,
      );
    } finally {
      await stranger.close();
    }
  });

  it('D2: of a user to whom NocoDB shows no base is a failure, of one who may see less a warning', async () => {
    const account = { email: 'clerk@example.com', password: 'Passw0rd!x' };
    const { token: session } = await admin.call<{ token: string }>(
      'POST',
      '/api/v2/auth/user/signup',
      account,
    );
    const clerk = new Admin(nocodb.url, session);
    const { token } = await clerk.call<{ token: string }>('POST', '/api/v1/tokens', {
      description: 'backup',
    });
    const view = new NocoDb({ url: nocodb.url, token });
    try {
      await expect(planExport({ api: view, sink: stage(), signal })).rejects.toThrow(
        /shows no base to the API token's user/,
      );
      await admin.call('POST', `/api/v2/meta/bases/${base}/users`, { email: account.email, roles: 'viewer' });
      const { bases, warnings } = await planExport({ api: view, sink: stage(), signal });
      expect(bases.map(({ baseId }) => baseId)).toEqual([base]);
      expect(warnings).toEqual([expect.stringContaining('not the super admin')]);
      expect((await planExport({ api, sink: stage(), signal })).warnings).toEqual([]);
    } finally {
      await view.close();
    }
  }, 60_000);

  it('has the same content hash after a restart, when NocoDB signs the addresses of its files anew', async () => {
    const table = await admin.table(base, 'Signed', [column('File', 'Attachment')]);
    await admin.insert(table.id, [{ File: [await admin.upload('a.txt', 'a')] }]);
    const before = await exported(table);
    await nocodb.kill('SIGTERM');
    await nocodb.restart();
    const after = await exported(table);
    expect(await after.read('records.json.gz')).not.toEqual(await before.read('records.json.gz'));
    expect(after.fact.contentHash).toBe(before.fact.contentHash);
    await admin.insert(table.id, [{}]);
    expect((await exported(table)).fact.contentHash).not.toBe(before.fact.contentHash);
  }, 120_000);

  it('D15: reads no further than the vault can write, so no table is in memory', async () => {
    const table = await admin.table(base, 'Large', [column('Text', 'LongText')]);
    await sql(
      `insert into "${base}"."Large" (nc_order, text) select n, md5(n::text) from generate_series(1, 60000) n`,
    );
    const pagesOf = () =>
      proxy.seen.filter(({ pathname }) => pathname.endsWith(`${table.id}/records`)).length;
    let pages = 0;
    const slow: Sink = {
      store: async (path, source) => {
        if (path.endsWith('records.json.gz')) {
          await source[Symbol.asyncIterator]().next();
          pages = await whenQuiet(pagesOf);
          throw new Error('the disk is full');
        }
        return { path, bytes: 0, sha256: '0'.repeat(64) };
      },
    };
    await expect(exported(table, { sink: slow })).rejects.toThrow('the disk is full');
    expect(pages).toBeGreaterThan(2);
    expect(pages).toBeLessThan(15);
    expect(await whenQuiet(pagesOf)).toBeLessThan(15);
  }, 120_000);
});
