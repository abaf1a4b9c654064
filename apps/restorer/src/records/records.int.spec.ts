import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import type { StoredBackup } from '@nocodb-backup/vault';
import type { Target } from '../target.js';
import { Person, type TableAnswer } from './person.harness.js';
import { captured, restored, targetAt } from './records.harness.js';

let postgres: PostgresServer;
let nocodb: NocoDbServer;
let person: Person;
let target: Target;

beforeAll(async () => {
  postgres = await startPostgres();
  nocodb = await startNocoDb({ postgres });
  const token = await nocodb.createToken();
  person = new Person(nocodb.url, token);
  target = targetAt({ url: nocodb.url, token, databaseUrl: nocodb.databaseUrl });
}, 300_000);

afterAll(async () => {
  await Promise.all([target.onModuleDestroy(), person.api.close()]);
  await nocodb.stop();
  await postgres.stop();
});

const options = (...titles: string[]) => ({
  colOptions: { options: titles.map((title, index) => ({ title, color: '#cfdffe', order: index + 1 })) },
});

const shop = async (title: string) => {
  const base = await person.base(title);
  const customers = await person.table(base, 'Customers', [
    { title: 'Name', uidt: 'SingleLineText', pv: true },
    { title: 'State', uidt: 'SingleSelect', ...options('new', 'old') },
    { title: 'Owner', uidt: 'User' },
    { title: 'Worked', uidt: 'Duration', meta: { duration: 2 } },
    { title: 'Extra', uidt: 'JSON' },
    { title: 'Number', uidt: 'Number', cdf: '7' },
  ]);
  const orders = await person.table(base, 'Orders', [{ title: 'Number', uidt: 'SingleLineText', pv: true }]);
  for (const kind of [
    ['Orders', 'hm', 1],
    ['Tagged', 'mm', 2],
    ['Main', 'oo', 2],
    ['Watched', 'om', 2],
    ['Last', 'mo', 2],
    ['Friends', 'mm', 2],
  ] as const)
    await person.link(customers, kind[0] === 'Friends' ? customers : orders, kind);
  return { base, customers, orders };
};

type Shop = Awaited<ReturnType<typeof shop>>;

type Links = Readonly<Record<number, number[]>>;

const linkRecords = (table: TableAnswer, title: string, links: Links) =>
  linked('POST', table, [title, links]);
const unlinkRecords = (table: TableAnswer, title: string, links: Links) =>
  linked('DELETE', table, [title, links]);

const linked = async (method: string, table: TableAnswer, [title, links]: readonly [string, Links]) => {
  const { columns } = await person.api.table(table.id, AbortSignal.timeout(10_000));
  const column = columns.find((candidate) => candidate.title === title)?.id ?? '';
  for (const [from, to] of Object.entries(links))
    await person.call(method, `/api/v2/tables/${table.id}/links/${column}/records/${from}`, to);
};

const filled = async ({ customers, orders }: Shop) => {
  await person.insert(customers, [
    {
      Name: 'one',
      State: 'new',
      Owner: [{ email: nocodb.adminEmail }],
      Worked: '1:30:05.5',
      Extra: '"text"',
      Number: null,
    },
    { Name: 'two' },
    { Name: 'three', Extra: '{"a":[1]}', Number: 0 },
    { Name: 'four', State: 'old' },
  ]);
  await person.insert(
    orders,
    Array.from({ length: 30 }, (_, index) => ({ Number: `A-${index + 1}` })),
  );
  await person.call('DELETE', `/api/v2/tables/${customers.id}/records`, [{ Id: 2 }]);
  await linkRecords(customers, 'Orders', { 1: [1, 2, 3], 3: [30] });
  await linkRecords(customers, 'Tagged', { 1: Array.from({ length: 27 }, (_, index) => index + 1), 4: [1] });
  await linkRecords(customers, 'Main', { 1: [5], 3: [6] });
  await linkRecords(customers, 'Watched', { 1: [1, 2], 4: [3] });
  await linkRecords(customers, 'Last', { 1: [9], 3: [9] });
  await linkRecords(customers, 'Friends', { 1: [3, 4], 4: [4] });
};

const untimed = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(row).filter(([title]) => !/^(Created|Updated)At$/.test(title)));

interface TableContents {
  readonly rows: readonly object[];
  readonly order: readonly unknown[];
  readonly links: readonly string[];
}

const contents = async (backup: StoredBackup) => {
  const all: Record<string, TableContents> = {};
  for (const table of backup.bases.flatMap(({ tables }) => tables)) {
    const signal = AbortSignal.timeout(10_000);
    const titles = new Map(
      ((await table.definition()) as { table: TableAnswer }).table.columns.map(({ id, title }) => [
        id,
        title,
      ]),
    );
    const links = (await Array.fromAsync(table.links(signal)))
      .map(({ column, from, to }) => `${titles.get(column) ?? ''} ${String(from)} ${String(to)}`)
      .sort();
    const rows = (await Array.fromAsync(table.records(signal))).map(untimed);
    all[table.entry.title] = { rows, order: await Array.fromAsync(table.order(signal)), links };
  }
  return all;
};

const title = 'Shop';
let backup: StoredBackup;

/** As if people had turned the order of the records round. */
const reversed = (made: StoredBackup): StoredBackup => ({
  ...made,
  bases: made.bases.map((base) => ({
    ...base,
    tables: base.tables.map((table) => ({ ...table, order: (signal) => turned(table.order(signal)) })),
  })),
});

async function* turned(ids: AsyncIterable<unknown>) {
  yield* (await Array.fromAsync(ids)).reverse();
}

/** The tables of the base made anew, empty; those that were there are gone. */
const emptied = async (base: string): Promise<Shop> => {
  await person.call('DELETE', `/api/v2/meta/bases/${base}`);
  return shop(title);
};

describe('restore-records', () => {
  let made: Shop;

  beforeAll(async () => {
    const before = await shop(title);
    await filled(before);
    backup = reversed(await captured(person, before.base));
    made = await emptied(before.base);
  }, 120_000);

  it('puts back every cell with its id, the order and every kind of link, and new records follow', async () => {
    const { outcomes } = await restored(target, backup);
    expect([...outcomes.values()].flatMap(({ leftOut }) => leftOut)).toEqual([]);
    expect(await contents(await captured(person, made.base))).toEqual(await contents(backup));
    const [next] = await person.call<{ Id: number }[]>('POST', `/api/v2/tables/${made.orders.id}/records`, [
      {},
    ]);
    expect(next?.Id).toBe(31);
  }, 120_000);

  it('links missing records again, and nothing that people have unlinked since', async () => {
    await person.call('DELETE', `/api/v2/tables/${made.customers.id}/records`, [{ Id: 1 }]);
    await unlinkRecords(made.customers, 'Main', { 3: [6] });
    await restored(target, backup, { options: { missing: true } });
    const all = linksOf(await contents(backup));
    const now = linksOf(await contents(await captured(person, made.base)));
    expect(all.filter((link) => !now.includes(link))).toEqual(['Customers Main 3 6', 'Orders Customer 6 3']);
    expect(now.filter((link) => !all.includes(link))).toEqual([]);
  }, 120_000);

  it('links new records with each other, and leaves those that are there alone', async () => {
    made = await emptied(made.base);
    await person.insert(made.customers, [{ Name: 'own' }]);
    await person.insert(made.orders, [{ Number: 'own 1' }, { Number: 'own 2' }]);
    const { outcomes } = await restored(target, backup, { options: { newIds: true } });
    expect([...outcomes.values()].flatMap(({ leftOut }) => leftOut)).toEqual([]);
    const found = linksOf(await contents(await captured(person, made.base)));
    expect(found).toHaveLength(linksOf(await contents(backup)).length);
    // Customers 1, 3, 4 are 2, 3, 4 now; orders 1 to 30 are 3 to 32.
    for (const link of ['Main 2 7', 'Main 3 8', 'Orders 3 32', 'Friends 4 4', 'Friends 2 3'])
      expect(found).toContain(`Customers ${link}`);
  }, 120_000);

  it('lists the links to records that are not there, when one table alone is restored', async () => {
    made = await emptied(made.base);
    const { outcomes } = await restored(target, backup, { scope: { base: title, table: 'Orders' } });
    const leftOut = [...outcomes.values()].flatMap((outcome) => outcome.leftOut);
    expect([...new Set(leftOut.map(({ reason }) => reason))]).toEqual([
      'the linked record is not on the target',
    ]);
    expect(leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(4 + 28 + 2 + 3 + 2);
    expect(linksOf(await contents(await captured(person, made.base)))).toEqual([]);
  }, 120_000);
});

const linksOf = (all: Readonly<Record<string, TableContents>>): readonly string[] =>
  Object.entries(all).flatMap(([table, { links }]) => links.map((link) => `${table} ${link}`));
