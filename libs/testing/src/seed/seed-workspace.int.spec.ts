import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NocoDbServer, startNocoDb } from '../nocodb/start-nocodb.js';
import { startPostgres } from '../postgres/start-postgres.js';
import type { SeededWorkspace } from './expected.js';
import { longText } from './scalar-table.js';
import { seedWorkspace } from './seed-workspace.js';

describe('the seeded workspace', () => {
  const cleanUps: (() => Promise<void>)[] = [];
  let nocodb: NocoDbServer;
  let token: string;
  let workspace: SeededWorkspace;
  beforeAll(async () => {
    const postgres = await startPostgres();
    cleanUps.push(postgres.stop);
    nocodb = await startNocoDb({ postgres });
    cleanUps.push(nocodb.stop);
    workspace = await seedWorkspace(nocodb, { records: 3_000 });
    token = await nocodb.createToken();
  }, 900_000);
  afterAll(async () => {
    for (const stop of cleanUps.reverse()) await stop();
  }, 60_000);

  const get = async <T>(path: string) => {
    const response = await fetch(nocodb.url + path, { headers: { 'xc-token': token } });
    return (await response.json()) as T;
  };
  const tables = () => workspace.bases.flatMap((base) => base.tables);
  const tableNamed = (title: string) => tables().find((table) => table.title === title);

  it('has bases of the same title, and no base that it does not tell of', async () => {
    const { list } = await get<{ list: { id: string; title: string }[] }>('/api/v2/meta/bases');
    const told = workspace.bases.map(({ id, title }) => ({ id, title }));

    expect(list.map(({ id, title }) => ({ id, title }))).toEqual(expect.arrayContaining(told));
    expect(list).toHaveLength(told.length);
    expect(told.filter(({ title }) => title === 'Inventur')).toHaveLength(2);
  });

  it('has as many records in each table as it tells', async () => {
    for (const { id, title, records } of tables()) {
      expect([title, await get(`/api/v2/tables/${id}/records/count`)]).toEqual([title, { count: records }]);
    }
    expect(tableNamed('Messwerte')?.records).toBe(3_000);
  });

  interface Detail {
    columns: { id: string; title: string; colOptions: Record<string, string> | null }[];
  }
  const titleIn = ({ columns }: Detail, id = '') => columns.find((column) => column.id === id)?.title ?? '';

  /** All pairs of a column that is kept in a junction table, read from there: the endpoint for links shows one record of a one-to-many. */
  const junctionPairs = async (options: Record<string, string>) => {
    const junction = options.fk_mm_model_id ?? '';
    const detail = await get<Detail>(`/api/v2/meta/tables/${junction}`);
    const [from, to] = [options.fk_mm_child_column_id, options.fk_mm_parent_column_id].map((id) =>
      titleIn(detail, id),
    );
    const { list } = await get<{ list: Record<string, number>[] }>(
      `/api/v2/tables/${junction}/records?limit=1000`,
    );
    return list.map((row) => [row[from ?? ''], row[to ?? '']]);
  };

  type Linked = { Id: number } | { list: { Id: number } | { Id: number }[] };

  const endpointPairs = async (tableId: string, columnId: string, records: Set<number>) => {
    const pairs = [];
    for (const record of records) {
      const answer = await get<Linked>(
        `/api/v2/tables/${tableId}/links/${columnId}/records/${record}?limit=1000&fields=Id`,
      );
      pairs.push(...['list' in answer ? answer.list : answer].flat().map(({ Id }) => [record, Id]));
    }
    return pairs;
  };

  it('has the links that it tells of', async () => {
    for (const { id, links } of tables()) {
      const { columns } = await get<Detail>(`/api/v2/meta/tables/${id}`);
      for (const { columnId, pairs, title, version } of links) {
        const options = columns.find((column) => column.id === columnId)?.colOptions ?? {};
        const found =
          version === 2
            ? await junctionPairs(options)
            : await endpointPairs(id, columnId, new Set(pairs.map(([record]) => record)));
        expect([title, found.map(String).sort()]).toEqual([title, pairs.map(String).sort()]);
      }
    }
  });

  it('has attachments whose bytes are those it tells of', async () => {
    const { id = '', attachments = [] } = tableNamed('Dokumente') ?? {};
    type Row = Record<'Dateien', { title: string; signedPath: string }[] | null>;
    const { list } = await get<{ list: Row[] }>(`/api/v2/tables/${id}/records`);
    const found = [];
    for (const { title, signedPath } of list.flatMap(({ Dateien }) => Dateien ?? [])) {
      const path = signedPath.split('/').map(encodeURIComponent).join('/');
      const bytes = Buffer.from(await (await fetch(`${nocodb.url}/${path}`)).arrayBuffer());
      found.push({ title, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    }

    expect(found).toEqual(attachments.map(({ title, bytes, sha256 }) => ({ title, bytes, sha256 })));
    expect(found.map(({ title }) => title)).toContain('a%2Fb.txt');
  });

  it('keeps 50,000 characters of text and computes formulas over rollups', async () => {
    const text = await get<Record<string, unknown>>(
      `/api/v2/tables/${tableNamed('Alle Typen')?.id}/records/1`,
    );
    const customer = await get<Record<string, unknown>>(
      `/api/v2/tables/${tableNamed('Kunden')?.id}/records/1`,
    );

    expect(longText).toHaveLength(50_000);
    expect(text.Langtext).toBe(longText);
    expect(customer).toMatchObject({ Aufträge: 72, 'Summe Aufträge': 3_285, Brutto: 3_942 });
  });

  it('has views and hooks', () => {
    expect(tableNamed('Aufträge')?.views).toEqual(
      expect.arrayContaining(['Offene / dringende', 'Tafel', 'Termine']),
    );
    expect(tableNamed('Kunden')?.hooks).toEqual(['Mahnen', 'Neuer Kunde']);
  });
});
