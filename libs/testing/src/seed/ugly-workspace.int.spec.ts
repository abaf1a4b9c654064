import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NocoDbServer } from '../nocodb/start-nocodb.js';
import { type SeededNocoDb, startSeededNocoDb } from '../seeded/start-seeded-nocodb.js';
import type { SeededTable } from './expected.js';
import { awkwardTexts } from './ugly-values.js';

describe('the ugly workspace', () => {
  let seeded: SeededNocoDb;
  let nocodb: NocoDbServer;
  let token: string;
  beforeAll(async () => {
    seeded = await startSeededNocoDb({ ugly: true });
    ({ nocodb } = seeded);
    token = await nocodb.createToken();
  }, 900_000);
  afterAll(() => seeded.stop(), 60_000);

  type Row = Readonly<Record<string, unknown>>;
  const get = async <T>(path: string) => {
    const response = await fetch(nocodb.url + path, { headers: { 'xc-token': token } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const list = async (path: string) => (await get<{ list: Row[] }>(path)).list;
  const bases = () => seeded.workspace.bases.slice(-3);
  const tableNamed = (title: string): SeededTable => {
    const found = bases()
      .flatMap((base) => base.tables)
      .find((table) => table.title === title);
    if (!found) throw new Error(`no table ${title}`);
    return found;
  };
  const records = (title: string, query = '') =>
    list(`/api/v2/tables/${tableNamed(title).id}/records?limit=1000${query}`);
  const columnsOf = async (title: string) =>
    (
      await get<{ columns: { id: string; title: string; column_name: string; uidt: string }[] }>(
        `/api/v2/meta/tables/${tableNamed(title).id}`,
      )
    ).columns;

  it('stands beside the common one, with two bases of one title and one without tables', () => {
    expect(seeded.workspace.bases.length).toBeGreaterThan(3);
    expect(bases().map(({ tables }) => tables.length)).toEqual([expect.any(Number), 3, 0]);
    expect(bases()[0]?.title).toBe(bases()[1]?.title);
    expect(bases()[2]?.title).toHaveLength(50);
  });

  it('has as many records in each table as it tells', async () => {
    for (const { id, title, records: count } of bases().flatMap((base) => base.tables))
      expect([title, await get(`/api/v2/tables/${id}/records/count`)]).toEqual([title, { count }]);
  }, 60_000);

  it('has texts that are as they were sent', async () => {
    const [langtext, text] = ['Langtext', 'Text'].map(
      async (title) => (await columnsOf('Grenzfälle')).find((column) => column.title === title)?.id,
    );
    const rows = await records('Grenzfälle', `&fields=${await langtext},${await text}`);
    expect(rows.slice(1, awkwardTexts.length + 1).map((row) => row.Langtext)).toEqual(awkwardTexts);
  });

  it('has a first record of nothing but defaults', async () => {
    const [row] = await records('Grenzfälle');
    expect(row).toMatchObject({
      Text: `it's "so"`,
      Zahl: -7,
      Auswahl: 'a, b',
      Mehrfach: 'null,Dup',
      Haken: true,
    });
    expect(row?.Person).toMatchObject([{ email: nocodb.adminEmail }]);
  });

  it('has a table whose primary key is "Nummer", with wide gaps', async () => {
    const rows = await records('Umbenannt');
    expect(rows.map(({ Nummer }) => Nummer)).toEqual([1, 5, 1_000]);
    const columns = await columnsOf('Umbenannt');
    expect(columns.find(({ title }) => title === 'Betrag')?.column_name).toBe('Titel');
    expect(columns.find(({ title }) => title === 'Id')?.uidt).toBe('LastModifiedTime');
  });

  it('has records in another order than that of their ids', async () => {
    expect((await records('Umsortiert')).map(({ Name }) => Name).join('')).toBe('fbcade');
  });

  it('has a record with 2,000 links, and a tree of 3,000', async () => {
    const cells = async (title: string, of: string) => {
      const id = (await columnsOf(title)).find((column) => column.title === of)?.id ?? '';
      return (await records(title, `&fields=${id}`)).map((row) => row[of]);
    };
    expect(await cells('Nabe', 'Speichen')).toEqual([2_000, 0]);
    expect((await cells('Baum', 'Zweige')).filter((count) => count === 1)).toHaveLength(1_000);
  }, 60_000);

  it('has columns that are computed from computed ones, without an error', async () => {
    const computed = ['Links', 'Rollup', 'Formula', 'Lookup'];
    const fields = (await columnsOf('Leute "und" Tiere')).filter(({ uidt }) => computed.includes(uidt));
    const ids = fields.filter(({ title }) => !title.startsWith('_nc_m2m')).map(({ id }) => id);
    const rows = await records('Leute "und" Tiere', `&fields=${ids.join()}`);
    const wrong = Object.entries(rows[0] ?? {}).filter(([, value]) => String(value).includes('ERR'));
    expect(wrong).toEqual([]);
    expect(rows[0]).toMatchObject({ Leitet: 26, 'Arbeitet mit': 32, Bedingung: 'Kind', Muster: '1' });
    expect(rows[0]?.['Formel der Formel']).toMatch(/^Kind: \d/);
  }, 60_000);

  it('has attachments whose bytes are those it tells of', async () => {
    const { attachments } = tableNamed('Anhänge');
    const rows = await records('Anhänge');
    const cells = rows.flatMap((row) =>
      ['Dateien', 'Noch "mehr"'].map((title) => row[title] as File[] | null),
    );
    const found = [];
    for (const file of cells.flatMap((cell) => cell ?? [])) found.push([file.title, await digestOf(file)]);
    const expected = attachments.map(({ title, sha256 }) => [title, sha256]);
    expect(found.map(String).toSorted()).toEqual(expected.map(String).toSorted());
    expect(found).toHaveLength(41);
  });

  interface File {
    readonly title: string;
    readonly signedPath: string;
  }
  const digestOf = async ({ signedPath }: File) => {
    const path = signedPath.split('/').map(encodeURIComponent).join('/');
    const bytes = Buffer.from(await (await fetch(`${nocodb.url}/${path}`)).arrayBuffer());
    return createHash('sha256').update(bytes).digest('hex');
  };

  it('has a grid that is grouped and summed up, and a form with texts of its own', async () => {
    const views = await list(`/api/v2/meta/tables/${tableNamed('Grenzfälle').id}/views`);
    const columns = (of: string) =>
      list(`/api/v2/meta/views/${String(views.find(({ title }) => title === of)?.id)}/columns`);
    const grid = await columns('Alles 🦄, "gesperrt"');
    expect(grid.filter(({ group_by }) => group_by === true)).toHaveLength(2);
    expect(grid.some(({ aggregation, width }) => aggregation === 'sum' && width === '80px')).toBe(true);
    expect(
      (await columns('Formular')).some(
        ({ label, required }) => label === 'Wie heißt „es“?' && required === true,
      ),
    ).toBe(true);
  });

  it('has views of every type, and hooks of one title', () => {
    expect(tableNamed('Grenzfälle').views.toSorted()).toEqual([
      'Alles 🦄, "gesperrt"',
      'Formular',
      'Galerie',
      'Kalender',
      'Tafel',
      'Umbenannte "Vorgabe" / 1',
      'nur ich',
    ]);
    expect(tableNamed('Leute "und" Tiere').hooks).toEqual([
      'Doppelt "benannt"',
      'Doppelt "benannt"',
      'Knopf',
    ]);
  });
});
