import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import type { StoredBackup } from '@nocodb-backup/vault';
import type { Target } from '../target.js';
import { type CuttingFront, startCuttingFront } from './cutting-front.harness.js';
import { type Json, Person, type TableAnswer } from './person.harness.js';
import { captured, restored, targetAt } from './records.harness.js';

jest.setTimeout(60_000);

let postgres: PostgresServer;
let nocodb: NocoDbServer;
let front: CuttingFront;
let person: Person;
let target: Target;
/** The same without a database that it may use. */
let apiOnly: Target;

beforeAll(async () => {
  postgres = await startPostgres();
  nocodb = await startNocoDb({ postgres });
  front = await startCuttingFront(nocodb.url);
  const token = await nocodb.createToken();
  person = new Person(nocodb.url, token);
  target = targetAt({ url: front.url, token, databaseUrl: nocodb.databaseUrl });
  apiOnly = targetAt({ url: front.url, token, databaseUrl: 'postgres://nobody:x@127.0.0.1:1/none' });
}, 300_000);

afterAll(async () => {
  await Promise.all([target.onModuleDestroy(), apiOnly.onModuleDestroy(), person.api.close()]);
  await front.stop();
  await nocodb.stop();
  await postgres.stop();
});

const name = { title: 'Name', uidt: 'SingleLineText', pv: true };
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const named = (count: number) => upTo(count).map((index) => ({ Name: `n${index}` }));

interface Lost {
  readonly backup: StoredBackup;
  readonly table: TableAnswer;
}

/** A backup of one table with the rows, and that table made anew, empty. */
const lost = async (
  title: string,
  rows: readonly Json[],
  columns: readonly Json[] = [name],
): Promise<Lost> => {
  const base = await person.base(title);
  const table = await person.table(base, 'T', columns);
  await person.insert(table, rows);
  const backup = await captured(person, base);
  await person.call('DELETE', `/api/v2/meta/bases/${base}`);
  return { backup, table: await person.table(await person.base(title), 'T', columns) };
};

const idsOf = async ({ id }: TableAnswer) => (await person.rows(id)).map(({ Id }) => Number(Id));
const nextId = async ({ id }: TableAnswer) =>
  (await person.call<{ Id: number }[]>('POST', `/api/v2/tables/${id}/records`, [{}]))[0]?.Id;
const leftOutOf = ({ outcomes }: Awaited<ReturnType<typeof restored>>) =>
  [...outcomes.values()].flatMap(({ leftOut }) => leftOut);

describe('records into a table that is not empty', () => {
  it('are refused, with the number of those that are there, and nothing is touched', async () => {
    const { backup, table } = await lost('filled', named(3));
    await person.insert(table, named(2));
    await expect(restored(target, backup)).rejects.toThrow(
      /"T" of base "filled" \(2 records\).*--missing.*--new-ids/,
    );
    expect(await idsOf(table)).toEqual([1, 2]);
  });

  it('are put back where their id is not there, behind those that are there and stay as they are', async () => {
    const { backup, table } = await lost('missing', named(5));
    await person.insert(
      table,
      named(3).map((row) => ({ Name: `own ${row.Name}` })),
    );
    await person.call('DELETE', `/api/v2/tables/${table.id}/records`, [{ Id: 2 }]);
    const { outcomes } = await restored(target, backup, { options: { missing: true } });
    expect([...outcomes.values()].at(-1)?.counts).toEqual({ records: 3, recordsAlreadyThere: 2 });
    const rows = await person.rows(table.id);
    expect(rows.map(({ Id, Name }) => `${Number(Id)} ${String(Name)}`)).toEqual([
      '1 own n1',
      '2 n2',
      '3 own n3',
      '4 n4',
      '5 n5',
    ]);
    expect(await nextId(table)).toBe(6);
  });

  it.each(['with the database', 'by the API alone'])('are appended with new ids, %s', async (how) => {
    const { backup, table } = await lost(`new ${how}`, named(120));
    await person.insert(table, named(2));
    await restored(how === 'by the API alone' ? apiOnly : target, backup, { options: { newIds: true } });
    const ids = await idsOf(table);
    expect(ids).toHaveLength(122);
    expect(ids.slice(0, 3)).toEqual([1, 2, 3]);
    expect(await nextId(table)).toBe(Math.max(...ids) + 1);
  });
});

describe('records into an empty table', () => {
  it('are followed by the next id where only the API can be used, too, and leave nothing else behind', async () => {
    const { backup, table } = await lost('api', named(230));
    const { outcomes } = await restored(apiOnly, backup);
    expect([...outcomes.values()].flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(await idsOf(table)).toEqual(upTo(230));
    expect(await nextId(table)).toBe(231);
  });

  it('are refused where the table is not there, with the way to make it', async () => {
    const { backup, table } = await lost('gone', named(1));
    await person.call('DELETE', `/api/v2/meta/tables/${table.id}`);
    await expect(restored(target, backup)).rejects.toThrow(/"T" of base "gone".*restore-schema/);
    await expect(restored(target, backup, { scope: { base: 'nowhere' } })).rejects.toThrow(
      /has no base "nowhere".*"gone"/,
    );
  });
});

describe('a value that the target cannot take', () => {
  it('is left out and listed with its record, which is put back', async () => {
    const select = (...titles: string[]) => ({
      ...{ title: 'State', uidt: 'SingleSelect' },
      colOptions: { options: titles.map((title, index) => ({ title, color: '#cfdffe', order: index + 1 })) },
    });
    const rest = [
      { title: 'Gone', uidt: 'SingleLineText' },
      { title: 'Once', uidt: 'SingleLineText' },
    ];
    const rows = [
      { Name: 'a', State: 'new', Gone: 'x', Once: 'same' },
      { Name: 'b', State: 'old', Once: 'same' },
      { Name: 'c', Once: 'other' },
    ];
    const { backup, table } = await lost('strict', rows, [name, select('new', 'old'), ...rest]);
    await person.call('DELETE', `/api/v2/meta/tables/${table.id}`);
    const strict = await person.table(
      String((await person.api.bases(AbortSignal.timeout(9000))).find(({ title }) => title === 'strict')?.id),
      'T',
      [name, select('new'), { title: 'Once', uidt: 'SingleLineText', unique: true }],
    );
    const found = leftOutOf(await restored(target, backup));
    expect(found.map(({ what, examples }) => `${what}: ${examples.join()}`).sort()).toEqual([
      'values of "Gone" of "T" of base "strict": record 1',
      'values of "Once" of "T" of base "strict": record 2',
      'values of "State" of "T" of base "strict": record 2',
    ]);
    expect((await person.rows(strict.id)).map(({ Name, State, Once }) => [Name, State, Once])).toEqual([
      ['a', 'new', 'same'],
      ['b', null, null],
      ['c', null, 'other'],
    ]);
  });
});

describe('an answer that does not come', () => {
  it('is no reason to insert a record twice, or not at all', async () => {
    const { backup, table } = await lost('cut', named(450));
    let cuts = 0;
    front.fate = (asked) => (/POST .*undo/.test(asked) && cuts++ % 3 === 0 ? 'cut' : 'answer');
    await restored(target, backup);
    front.fate = () => 'answer';
    expect(cuts).toBeGreaterThan(2);
    expect(await idsOf(table)).toEqual(upTo(450));
    expect(await nextId(table)).toBe(451);
  });

  it('lets a later attempt go on where an earlier one stopped, without asking whether the table is empty', async () => {
    const { backup, table } = await lost('resumed', named(450));
    const stop = new AbortController();
    let inserts = 0;
    front.fate = (asked) => {
      if (!/POST .*undo/.test(asked) || ++inserts < 3) return 'answer';
      stop.abort(new Error('killed'));
      return 'cut';
    };
    const plan = await planOf(backup);
    await expect(restored(target, backup, { plan, signal: stop.signal })).rejects.toThrow('killed');
    front.fate = () => 'answer';
    const partly = (await idsOf(table)).length;
    expect(partly).toBeGreaterThan(0);
    expect(partly).toBeLessThan(450);
    const { outcomes } = await restored(target, backup, { plan });
    expect([...outcomes.values()].at(-1)?.counts).toEqual({ records: 450 });
    expect(await idsOf(table)).toEqual(upTo(450));
  });
});

const planOf = async (backup: StoredBackup) => (await restored(target, backup, { planOnly: true })).plan;

describe('10,000 records', () => {
  it('go in whole, and the next id follows', async () => {
    const { backup, table } = await lost('many', named(10_000));
    await restored(target, backup);
    expect(await idsOf(table)).toEqual(upTo(10_000));
    expect(await nextId(table)).toBe(10_001);
  }, 240_000);
});
