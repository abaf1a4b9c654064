import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poll } from '@nocodb-backup/testing';
import { columnIn, type Twin, twin, uploaded } from './compare/twin.js';
import { type Difference, differencesOf, lineOf } from './compare-bases.js';
import { type Source, startSource } from './source.js';

const meta = '/api/v2/meta';

describe('the comparison of two bases', () => {
  let source: Source;
  let one: Twin;
  let other: Twin;
  beforeAll(async () => {
    source = await startSource();
    one = await twin(source.api);
    other = await twin(source.api);
  }, 120_000);
  afterAll(() => source.stop(), 60_000);

  const differences = (baseId = other.baseId, options = {}) =>
    differencesOf({ api: source.api, baseId: one.baseId }, { api: source.api, baseId }, options);
  const pathsOf = (found: readonly Difference[]) => found.map(({ path }) => path).toSorted();
  const send = <T>(method: string, path: string, body: object) => source.api.send<T>(method, path, body);
  const list = async <T>(path: string) => (await source.api.get<{ list: T[] }>(`${meta}/${path}`)).list;

  interface View {
    readonly id: string;
    readonly title: string;
  }
  const view = async (title: string) =>
    (await list<View>(`tables/${other.customers.id}/views`)).find((found) => found.title === title)?.id ?? '';

  /** What a change of the second base adds to the list of differences; the change is taken back. */
  const mutated = async (change: () => Promise<unknown>, back: () => Promise<unknown>) => {
    await change();
    const found = await differences();
    await back();
    return found;
  };

  it('finds nothing between two bases that were made in the same way, next ids included', async () => {
    expect((await differences(other.baseId, { nextIds: true })).map(lineOf)).toEqual([]);
  }, 60_000);

  it('finds what NocoDB itself changes when it duplicates a base, and no more', async () => {
    const { base_id } = await send<{ base_id: string }>('POST', `${meta}/duplicate/${one.baseId}`, {
      options: {},
    });
    const done = async () => {
      const bases = await source.api.bases();
      return bases.some((base) => base.id === base_id && 'status' in base && base.status !== 'job');
    };
    await poll(done, AbortSignal.timeout(30_000));
    const found = await differences(base_id);
    // A copy has no columns for who made and changed a record, in no table and no view: nothing that the API shows in a cell.
    const withoutUsers = found.filter(
      ({ path }) => !/nc_(created|updated)_by/.test(path) && !path.endsWith('/ order of columns'),
    );
    expect(found.length).toBeGreaterThan(withoutUsers.length);
    expect(withoutUsers.map(lineOf)).toEqual([
      'base / title: "Zwilling" ≠ "Zwilling copy"',
      'base / description: "einer von zweien" ≠ nothing',
      expect.stringMatching('^base / meta: nothing ≠ .*iconColor'),
    ]);
  }, 60_000);

  const patch = (of: 'customers' | 'orders', record: object) =>
    send('PATCH', `/api/v2/tables/${other[of].id}/records`, [record]);

  it('finds one changed cell', async () => {
    const found = await mutated(
      () => patch('orders', { Id: 3, Notiz: 'anders' }),
      () => patch('orders', { Id: 3, Notiz: 'Wert 2' }),
    );
    expect(found).toEqual([{ path: 'table "Aufträge" / record 3 / Notiz', left: 'Wert 2', right: 'anders' }]);
  });

  it('finds one changed cell with everything that is computed from it', async () => {
    const found = await mutated(
      () => patch('orders', { Id: 10, Betrag: 99 }),
      () => patch('orders', { Id: 10, Betrag: 2.25 }),
    );
    expect(pathsOf(found)).toEqual([
      'table "Aufträge" / record 10 / Betrag',
      'table "Kunden" / record 2 / Summe',
      'table "Kunden" / record 2 / Zeile',
    ]);
  });

  it('tells an empty text from none', async () => {
    const found = await mutated(
      () => patch('orders', { Id: 4, Name: '' }),
      () => patch('orders', { Id: 4, Name: 'A-4' }),
    );
    expect(found.map(({ right }) => right)).toEqual(['']);
  });

  it('finds one more and one missing link in a junction, with the counts on both of its ends', async () => {
    const path = `/api/v2/tables/${other.customers.id}/links/${columnIn(other.customers, 'Empfehlungen')}/records`;
    const more = await mutated(
      () => send('POST', `${path}/3`, [{ Id: 5 }]),
      () => send('DELETE', `${path}/3`, [{ Id: 5 }]),
    );
    const less = await mutated(
      () => send('DELETE', `${path}/2`, [{ Id: 10 }]),
      () => send('POST', `${path}/2`, [{ Id: 10 }]),
    );
    const links = ({ path: at }: Difference) => at.includes('/ links of ');
    expect(more.filter(links)).toEqual([
      { path: 'table "Aufträge" / links of "Kundens"', left: undefined, right: [5, 3] },
    ]);
    expect(less.filter(links)).toMatchObject([{ left: [10, 2], right: undefined }]);
    expect([more.length, less.length]).toEqual([3, 3]);
  });

  it('finds one link that is kept as a foreign key', async () => {
    const path = `/api/v2/tables/${other.customers.id}/links/${columnIn(other.customers, 'Aufträge')}/records/4`;
    const found = await mutated(
      () => send('POST', path, [{ Id: 20 }]),
      () => send('DELETE', path, [{ Id: 20 }]),
    );
    expect(found).toContainEqual({
      path: 'table "Aufträge" / record 20 / foreign key of Kunden',
      left: null,
      right: 4,
    });
  });

  it('finds one other byte in a file of the same name and size', async () => {
    const before = await uploaded(source.api, 'die erste');
    const after = await uploaded(source.api, 'die ersTe');
    const found = await mutated(
      () => patch('customers', { Id: 1, Akte: after }),
      () => patch('customers', { Id: 1, Akte: before }),
    );
    expect(pathsOf(found)).toEqual(['table "Kunden" / record 1 / Akte / 0 / sha256']);
  });

  it('finds one missing record and another next id', async () => {
    const [made] = await send<{ Id: number }[]>('POST', `/api/v2/tables/${other.orders.id}/records`, [{}]);
    expect(pathsOf(await differences())).toEqual([`table "Aufträge" / record ${made?.Id}`]);
    await send('DELETE', `/api/v2/tables/${other.orders.id}/records`, [{ Id: made?.Id }]);
    expect(pathsOf(await differences(other.baseId, { nextIds: true }))).toEqual([
      'table "Aufträge" / next id',
    ]);
  });

  it('finds one filter value in a nested group', async () => {
    const filters = await list<{ id: string; value: unknown }>(
      `views/${await view('Offene')}/filters?includeAllFilters=true`,
    );
    const id = filters.find(({ value }) => value === 'offen')?.id ?? '';
    const found = await mutated(
      () => send('PATCH', `${meta}/filters/${id}`, { value: 'fertig' }),
      () => send('PATCH', `${meta}/filters/${id}`, { value: 'offen' }),
    );
    expect(found).toEqual([
      {
        path: 'table "Kunden" / view "Offene" / filters / 0 / children / 0 / value',
        left: 'offen',
        right: 'fertig',
      },
    ]);
  });

  it('finds one hidden column, and one that was moved', async () => {
    const id = await view('Offene');
    const columns = await list<{ id: string; fk_column_id: string; order: number }>(`views/${id}/columns`);
    const name = columns.find(({ fk_column_id }) => fk_column_id === columnIn(other.customers, 'Akte'));
    const change = (body: object) => send('PATCH', `${meta}/views/${id}/columns/${name?.id ?? ''}`, body);
    const hidden = await mutated(
      () => change({ show: false }),
      () => change({ show: true }),
    );
    const moved = await mutated(
      () => change({ order: 99 }),
      () => change({ order: name?.order }),
    );
    expect(pathsOf(hidden)).toEqual([
      'table "Kunden" / view "Offene" / columns / table "Kunden".Akte / show',
    ]);
    expect(pathsOf(moved)).toEqual(['table "Kunden" / view "Offene" / order of columns']);
  });

  it('finds the other colour of one option', async () => {
    const column = await source.api.get<{ colOptions: { options: { title: string; color: string }[] } }>(
      `${meta}/columns/${columnIn(other.customers, 'Status')}`,
    );
    const options = column.colOptions.options.map((option) =>
      option.title === 'fertig' ? { ...option, color: '#ff0000' } : option,
    );
    await send('PATCH', `${meta}/columns/${columnIn(other.customers, 'Status')}`, {
      ...column,
      colOptions: { options },
    });
    expect(pathsOf(await differences())).toEqual([
      'table "Kunden" / column "Status" / colOptions / options / 1 / color',
      // NocoDB writes this one when a select is changed, and not when it is made.
      'table "Kunden" / column "Status" / dtxp',
      'table "Kunden" / view "Tafel" / detail / meta / table "Kunden".Status / 2 / color',
    ]);
  });
});
