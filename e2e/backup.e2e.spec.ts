import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Manifest } from '@nocodb-backup/backup';
import { type SeededWorkspace, seedWorkspace } from '@nocodb-backup/testing';
import type { Column, Row, Table } from './api.js';
import { Installation } from './installation.js';
import { digestOf, problemsOf } from './problems.js';
import { type Source, startSource } from './source.js';
import { comparable, stored } from './stored.js';

const run = promisify(execFile);

describe('a backup of a real NocoDB', () => {
  let source: Source;
  let workspace: SeededWorkspace;
  let installation: Installation;
  let id: string;
  let folder: string;
  let manifest: Manifest;
  let tables: readonly Table[];
  let junctions: ReadonlySet<string>;

  beforeAll(async () => {
    source = await startSource();
    workspace = await seedWorkspace(source.nocodb);
    installation = await Installation.of(source);
    await installation.up();
    const { code, out, err } = await installation.cli(['backup', '--json']);
    if (code !== 0) throw new Error(`backup ended with ${String(code)}: ${out}${err}`);
    ({ id } = JSON.parse(out) as { id: string });
    folder = join(installation.vault, id);
    manifest = await installation.manifest(id);
    const bases = await source.api.bases();
    tables = (await Promise.all(bases.map(({ id: baseId }) => source.api.tables(baseId)))).flat();
    junctions = new Set(tables.filter(({ mm }) => Boolean(mm)).map((table) => table.id));
  }, 300_000);
  afterAll(async () => {
    await installation.remove();
    await source.stop();
  }, 60_000);

  const visible = () => tables.filter((table) => !junctions.has(table.id));
  const plannedTable = ({ id: tableId }: Pick<Table, 'id'>) => {
    const found = manifest.parts.export.bases
      .flatMap((base) => base.tables)
      .find((one) => one.id === tableId);
    if (!found) throw new Error(`the manifest does not know table ${tableId}`);
    return found;
  };
  const isLink = ({ uidt, colOptions }: Column) =>
    ['Links', 'LinkToAnotherRecord'].includes(uidt) && !junctions.has(colOptions?.fk_related_model_id ?? '');
  /** What a record of the API holds when it is asked for everything but nested records. */
  const isCell = (column: Column) =>
    !['Order', 'Meta', 'Lookup', 'LinkToAnotherRecord'].includes(column.uidt) &&
    (column.uidt !== 'Links' || isLink(column));

  it('is complete, and says so everywhere', async () => {
    expect(manifest).toMatchObject({ id, status: 'complete', failures: [], nocodb: { version: '0.301.3' } });
    expect(manifest.parts).toMatchObject({
      dump: { status: 'complete' },
      files: { status: 'complete' },
      export: { status: 'complete' },
    });
    expect(await installation.verdict(id)).toBe('complete');
  });

  it('names every base and table, those of one title too', () => {
    const named = (
      bases: readonly { id: string; title: string; tables: readonly { id: string; title: string }[] }[],
    ) =>
      bases.map(
        (base) =>
          `${base.id} ${base.title}: ${base.tables
            .map((table) => table.id)
            .toSorted()
            .join()}`,
      );
    expect(named(manifest.parts.export.bases).toSorted()).toEqual(named(workspace.bases).toSorted());
    const folders = manifest.parts.export.bases.flatMap((base) => [
      base.folder,
      ...base.tables.map((table) => table.folder),
    ]);
    expect(new Set(folders.map((path) => path.toLowerCase())).size).toBe(folders.length);
  });

  it('holds exactly the records that the server counts, cell by cell what the API answers', async () => {
    for (const table of visible()) {
      const rows = await stored<Row[]>(folder, plannedTable(table).folder, 'records.json.gz');
      const key = table.columns.find(({ pk }) => Boolean(pk))?.id ?? '';
      const fields = table.columns.filter(isCell).map((column) => column.id);
      const answer = await source.api.rows(
        `/api/v2/tables/${table.id}/records?fields=${fields.join(',')}&sort=${key}`,
      );
      expect(rows.length).toBe(await source.api.count(table.id));
      expect(rows.map(comparable)).toEqual(answer.map(comparable));
    }
    const seeded = workspace.bases.flatMap((base) => base.tables);
    expect(seeded.map((table) => [table.title, plannedTable(table).records])).toEqual(
      seeded.map((table) => [table.title, table.records]),
    );
    expect(seeded.some(({ records }) => records === 10_000)).toBe(true);
  }, 120_000);

  interface Link {
    readonly column: string;
    readonly from: number;
    readonly to: number;
  }
  const linksOf = async (table: Pick<Table, 'id'>) =>
    (await stored<Link[]>(folder, plannedTable(table).folder, 'links.json.gz')).map(
      ({ column, from, to }) => `${column} ${from} ${to}`,
    );

  /** One request for each record: a list, or the one record where the column can name no more. */
  const linksByRecord = async ({ id: tableId }: Table, column: Column) => {
    const records = await source.api.rows(`/api/v2/tables/${tableId}/records?fields=Id&sort=Id`);
    const links: string[] = [];
    for (const { Id } of records) {
      const path = `/api/v2/tables/${tableId}/links/${column.id}/records/${String(Id)}?fields=Id&limit=1000`;
      const answer = await source.api.get<{ list?: Row | readonly Row[] } & Row>(path);
      const linked = [answer.list ?? answer].flat().filter((other) => other.Id !== undefined);
      links.push(...linked.map((other) => `${column.id} ${String(Id)} ${String(other.Id)}`));
    }
    return links;
  };

  /** NocoDB 0.301 answers the record itself where a junction holds links to one: there the database is asked. */
  const linksInDatabase = async ({ id: columnId, colOptions }: Column) => {
    const junction = tables.find((table) => table.id === colOptions?.fk_mm_model_id);
    const name = (wanted?: string | null) =>
      junction?.columns.find((column) => column.id === wanted)?.column_name ?? '';
    const found = await source.postgres.query<{ from: number; to: number }>(
      `select "${name(colOptions?.fk_mm_child_column_id)}" as from, "${name(colOptions?.fk_mm_parent_column_id)}" as to
         from "${junction?.base_id ?? ''}"."${junction?.table_name ?? ''}"`,
      [],
      'nocodb',
    );
    return found.map(({ from, to }) => `${columnId} ${from} ${to}`);
  };

  const linksOfColumn = (table: Table, column: Column) =>
    column.colOptions?.type !== 'mm' && typeof column.colOptions?.fk_mm_model_id === 'string'
      ? linksInDatabase(column)
      : linksByRecord(table, column);

  it('holds every link of every link column', async () => {
    const linked = visible().filter(({ columns }) => columns.some(isLink));
    for (const table of linked) {
      const expected = [];
      for (const column of table.columns.filter(isLink))
        expected.push(...(await linksOfColumn(table, column)));
      expect((await linksOf(table)).toSorted()).toEqual(expected.toSorted());
    }
    expect(linked.length).toBeGreaterThanOrEqual(5);
    const seeded = workspace.bases.flatMap((base) => base.tables).filter(({ links }) => links.length > 0);
    for (const table of seeded)
      for (const { columnId, pairs } of table.links) {
        const found = (await linksOf(table)).filter((link) => link.startsWith(columnId));
        expect(found.toSorted()).toEqual(pairs.map(([from, to]) => `${columnId} ${from} ${to}`).toSorted());
      }
    const most = seeded
      .flatMap(({ links }) => links)
      .map(({ pairs }) => pairs.filter(([from]) => from === 1).length);
    expect(Math.max(...most)).toBe(72);
  }, 120_000);

  it('holds every attachment, byte for byte, two of one name in one cell too', async () => {
    const seeded = workspace.bases
      .flatMap((base) => base.tables)
      .filter((table) => table.attachments.length > 0);
    expect(seeded.length).toBeGreaterThan(0);
    for (const table of seeded) {
      const index = await stored<Attached[]>(folder, plannedTable(table).folder, 'attachments.json.gz');
      const found = index.map(
        async ({ column, record, title, path }) =>
          `${column} ${record} ${title} ${await digestOf(join(folder, path))}`,
      );
      const expected = table.attachments.map(
        ({ columnId, recordId, title, bytes, sha256 }) =>
          `${columnId} ${recordId} ${title} ${bytes} ${sha256}`,
      );
      expect((await Promise.all(found)).toSorted()).toEqual(expected.toSorted());
      expect(new Set(index.map(({ path }) => path)).size).toBe(expected.length);
    }
  });

  interface Attached {
    readonly column: string;
    readonly record: number;
    readonly title: string;
    readonly path: string;
  }

  const rowsIn = async (database: string) => {
    const found = await source.postgres.query<{ name: string; rows: string }>(
      `select format('%I.%I', schemaname, tablename) as name,
              (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', schemaname, tablename), false, true, '')))[1]::text as rows
         from pg_tables where schemaname !~ '^pg_' and schemaname <> 'information_schema' order by 1`,
      [],
      database,
    );
    return new Map(found.map(({ name, rows }) => [name, Number(rows)]));
  };

  it('restores its dump with gunzip and psql: the same rows in every table', async () => {
    const url = await source.postgres.createDatabase('restored');
    const psql = join(source.postgres.binDir, 'psql');
    const restore = 'gunzip -c "$1" | "$2" --quiet --no-psqlrc -v ON_ERROR_STOP=1 "$3" >/dev/null';
    await run('bash', ['-o', 'pipefail', '-c', restore, '-', join(folder, 'database.sql.gz'), psql, url]);
    const restored = await rowsIn('restored');
    expect(restored).toEqual(await rowsIn('nocodb'));
    const contents = JSON.parse(await readFile(join(folder, 'database.json'), 'utf8')) as Contents;
    expect(contents.tables.map(({ rows }) => rows).toSorted()).toEqual([...restored.values()].toSorted());
    expect(manifest.parts.dump).toMatchObject({
      tables: restored.size,
      rows: [...restored.values()].reduce((sum, rows) => sum + rows, 0),
    });
    expect(restored.get('public.nc_api_tokens')).toBeGreaterThan(0);
  }, 120_000);

  interface Contents {
    readonly tables: readonly { readonly rows: number }[];
  }

  it('gives back the data directory with tar', async () => {
    const unpacked = join(installation.folder, 'unpacked');
    await mkdir(unpacked);
    await run('tar', ['-xzf', join(folder, 'nocodb-data.tar.gz'), '-C', unpacked]);
    expect((await run('diff', ['-r', source.nocodb.dataDir, unpacked])).stdout).toBe('');
    expect(manifest.parts.files.files).toBeGreaterThan(5);
  });

  it('lists every file with its right digest, and holds no other', async () => {
    expect(await problemsOf(installation, id)).toEqual([]);
    expect(await readdir(join(installation.vault, '.staging')).catch(() => [])).toEqual([]);
  });

  it('uses names that every file system and store takes', () => {
    const segments = manifest.artifacts.flatMap(({ path }) => path.split('/'));
    const awkward = /[<>:"|?*\\\p{Cc}]|^\s|[\s.]$|^\.|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;
    expect(segments.filter((segment) => awkward.test(segment))).toEqual([]);
    expect(segments.filter((segment) => Buffer.byteLength(segment) > 255)).toEqual([]);
    expect(segments.filter((segment) => segment !== segment.normalize('NFC'))).toEqual([]);
    const top = new Set(manifest.artifacts.map(({ path }) => path.split('/')[0]));
    expect([...top].toSorted()).toEqual(['bases', 'database.json', 'database.sql.gz', 'nocodb-data.tar.gz']);
  });
});
