import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Downloads, NocoDb, RecordWriter, type Table, Uploads } from '@nocodb-backup/nocodb';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import type { StepOutcome } from '../restoration.js';
import { type Cells, Desk, type Entry } from './attached.harness.js';
import { type Between, between, cutAfter } from './faults.harness.js';
import type { Job } from './job.js';
import { restoreTableAttachments } from './restore-table-attachments.js';
import { type BackedUpTable, sealed } from './vault.harness.js';

const largest = 200_000;
const signal = AbortSignal.timeout(240_000);

describe('the attached files of a table', () => {
  let postgres: PostgresServer;
  let nocodb: NocoDbServer;
  let desk: Desk;
  let proxy: Between;
  let target: Job['target'];
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    closers.push(() => postgres.stop());
    nocodb = await startNocoDb({ postgres, env: { NC_ATTACHMENT_FIELD_SIZE: String(largest) } });
    closers.push(() => nocodb.stop());
    desk = new Desk(nocodb, await nocodb.signIn());
    proxy = await between(nocodb.url);
    closers.push(() => {
      proxy.close();
    });
    const connection = { url: proxy.url, token: await nocodb.createToken(), tries: 2 };
    target = {
      api: new NocoDb(connection),
      records: new RecordWriter(connection),
      uploads: new Uploads(connection),
      downloads: new Downloads({ timeoutMs: 5000 }),
    };
    for (const one of [target.api, target.records, target.uploads, target.downloads])
      closers.push(() => one.close());
  }, 600_000);
  afterEach(() => {
    proxy.fault = () => undefined;
    proxy.seen.length = 0;
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  }, 60_000);

  const restored = async (
    given: BackedUpTable,
    { recordIdOf = (id: unknown) => id as number, tableId = given.table.id } = {},
  ): Promise<StepOutcome> => {
    const root = await mkdtemp(join(tmpdir(), 'attachments-'));
    closers.push(() => rm(root, { recursive: true, force: true }));
    const { backup, stored } = await sealed(root, given);
    const work = { backup, signal, progress: () => undefined };
    return restoreTableAttachments(target, { stored, tableId, recordIdOf }, work);
  };
  const made = async (title: string, records: readonly Cells[]) => {
    const table = await desk.table(title, records);
    return { table, given: desk.backedUp(table, records) };
  };
  const uploads = () => proxy.seen.filter(({ pathname }) => pathname.endsWith('/storage/upload')).length;
  const seen = (table: Table, record: number, column?: string) => desk.seen(table, record, column);
  const reasons = ({ leftOut }: StepOutcome) => leftOut.map(({ reason, count }) => [reason, count]);

  it('are uploaded and linked where the records name files that are not there', async () => {
    const files: Cells[] = [
      {
        Files: [
          ['Grüße & "Notizen".txt', 'Grüße'],
          ['a%2Fb.txt', 'b'],
        ],
        'More, too': [['a%2Fb.txt', 'other']],
      },
      {
        Files: [
          ['evil<script>.html', '<p>'],
          ['CON.txt', 'c'],
          ['.htaccess', 'deny'],
          ['empty', ''],
        ],
      },
    ];
    const { table, given } = await made('Lost', files);
    await desk.loseFiles();
    expect((await seen(table, 1))[0]).toEqual(['Grüße & "Notizen".txt', 404]);
    const outcome = await restored(given);
    expect(await seen(table, 1)).toEqual(files[0]?.Files);
    expect(await seen(table, 1, 'More, too')).toEqual(files[0]?.['More, too']);
    expect(await seen(table, 2)).toEqual(files[1]?.Files);
    expect(outcome).toEqual({
      target: table.id,
      counts: { files: 7, bytes: 5 + 1 + 5 + 3 + 1 + 4 + 2, alreadyThere: 0 },
      leftOut: [],
      warnings: [],
    });
    const again = await restored(given);
    expect(again.counts).toEqual({ files: 0, bytes: 0, alreadyThere: 7 });
    expect(uploads()).toBe(7);
  }, 60_000);

  it('that are there stay as they are: nothing is uploaded, nothing written', async () => {
    const { table, given } = await made('There', [
      {
        Files: [
          ['a.txt', 'a'],
          ['empty', ''],
          ['.dot', 'x'],
        ],
      },
    ]);
    const before = await desk.entries(table, 1);
    const outcome = await restored(given);
    expect(outcome.counts).toEqual({ files: 0, bytes: 0, alreadyThere: 3 });
    expect(outcome.warnings).toEqual([expect.stringContaining('begin with a dot')]);
    expect((await desk.entries(table, 1)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(uploads()).toBe(0);
  }, 60_000);

  it('come back into emptied cells, in front of what people have added', async () => {
    const { table, given } = await made('Emptied', [
      {
        Files: [
          ['1.txt', '1'],
          ['2.txt', '2'],
        ],
      },
      { Files: [['3.txt', '3']] },
    ]);
    const [, two] = await desk.entries(table, 1);
    await desk.set(table, 1, 'Files', [await desk.upload(['mine.txt', 'mine']), two]);
    await desk.set(table, 2, 'Files', null);
    await restored(given);
    expect(await seen(table, 1)).toEqual([
      ['1.txt', '1'],
      ['2.txt', '2'],
      ['mine.txt', 'mine'],
    ]);
    expect((await desk.entries(table, 1))[1]?.path).toBe(two?.path);
    expect(await seen(table, 2)).toEqual([['3.txt', '3']]);
    expect(uploads()).toBe(2);
  }, 60_000);

  it('of one title are told apart by their size, and where that is the same by what they hold', async () => {
    const files: Cells[] = [
      {
        Files: [
          ['R.txt', 'one'],
          ['R.txt', 'two'],
          ['R.txt', 'three'],
        ],
      },
    ];
    const { table, given } = await made('Equal titles', files);
    const [, two] = await desk.entries(table, 1);
    await desk.set(table, 1, 'Files', [two]);
    const outcome = await restored(given);
    expect(outcome.counts).toMatchObject({ files: 2, alreadyThere: 1 });
    expect(await seen(table, 1)).toEqual(files[0]?.Files);
  }, 60_000);

  it('are not taken for a newer file of the same title that somebody has put there since', async () => {
    const { table, given } = await made('Newer', [{ Files: [['R.txt', 'old']] }]);
    await desk.set(table, 1, 'Files', [await desk.upload(['R.txt', 'much newer'])]);
    await restored(given);
    expect(await seen(table, 1)).toEqual([
      ['R.txt', 'old'],
      ['R.txt', 'much newer'],
    ]);
  }, 60_000);

  it('go to the records that the caller names, in the table that the caller names', async () => {
    const { given } = await made('Old', [{ Files: [['a.txt', 'a']] }, { Files: [['b.txt', 'b']] }]);
    const { table } = await made('New', [{}, {}, {}]);
    const recordIdOf = (id: unknown) => (id === 1 ? 3 : undefined);
    const outcome = await restored(given, { recordIdOf: recordIdOf as () => number, tableId: table.id });
    expect(await seen(table, 3)).toEqual([['a.txt', 'a']]);
    expect(await seen(table, 2)).toEqual([]);
    expect(reasons(outcome)).toEqual([[expect.stringContaining('not put back'), 1]]);
  }, 60_000);

  it('that cannot be put back are left out with the reason: no record, no column, too large, not in the backup', async () => {
    const files: Cells[] = [
      {
        Files: [
          ['big.bin', 'x'.repeat(1000)],
          ['fits.txt', 'y'],
        ],
      },
      { Files: [['gone.txt', 'g']] },
      { 'More, too': [['nowhere.txt', 'n']] },
    ];
    const { table, given } = await made('Impossible', files);
    const missing = {
      record: 1,
      column: given.files[0]?.column ?? '',
      index: 2,
      title: 'm.txt',
      content: null,
    };
    const enlarged = given.files.map((file) =>
      file.title === 'big.bin' ? { ...file, content: Buffer.alloc(largest + 1) } : file,
    );
    const [first, second, ...rest] = enlarged;
    await desk.call('DELETE', `/api/v2/tables/${table.id}/records`, [{ Id: 2 }]);
    await desk.call(
      'DELETE',
      `/api/v2/meta/columns/${table.columns.find(({ title }) => title === 'More, too')?.id}`,
    );
    const named = await desk.entries(table, 1);
    const sized = named.map((entry) => (entry.title === 'big.bin' ? { ...entry, size: largest + 1 } : entry));
    await desk.set(table, 1, 'Files', sized);
    await desk.loseFiles();
    const all = [first, second, missing, ...rest].filter((file) => file !== undefined);
    const outcome = await restored({ ...given, files: all });
    expect(await seen(table, 1)).toEqual([
      ['big.bin', 404],
      ['fits.txt', 'y'],
    ]);
    expect(outcome.counts.files).toBe(1);
    expect(outcome.leftOut).toEqual([
      {
        what: 'files of "Impossible" of base "Attached"',
        reason: 'NocoDB did not give them to the backup: HTTP 404',
        count: 1,
        examples: ['"m.txt" of record 1'],
      },
      expect.objectContaining({
        reason: expect.stringContaining('no attachment column "More, too"'),
        count: 1,
      }),
      expect.objectContaining({
        reason: 'their records are not on the target',
        examples: ['"gone.txt" of record 2'],
      }),
      expect.objectContaining({ reason: expect.stringContaining('NC_ATTACHMENT_FIELD_SIZE'), count: 1 }),
    ]);
  }, 60_000);

  it('find their column again when it was renamed', async () => {
    const { table, given } = await made('Renamed', [{ Files: [['a.txt', 'a']] }]);
    const id = table.columns.find(({ title }) => title === 'Files')?.id ?? '';
    await desk.set(table, 1, 'Files', null);
    await desk.call('PATCH', `/api/v2/meta/columns/${id}`, {
      title: 'Papers',
      column_name: 'files',
      uidt: 'Attachment',
    });
    await restored(given);
    expect(await seen(table, 1, 'Papers')).toEqual([['a.txt', 'a']]);
  }, 60_000);

  it('that a proxy finds too large are left out, and the others come back', async () => {
    const { table, given } = await made('Proxied', [
      {
        Files: [
          ['a.txt', 'a'.repeat(500)],
          ['b.txt', 'b'],
        ],
      },
    ]);
    await desk.set(table, 1, 'Files', null);
    proxy.fault = ({ pathname }, { request, response }) => {
      if (!pathname.endsWith('/storage/upload') || Number(request.headers['content-length']) < 500) return;
      response.writeHead(413, { 'content-type': 'text/html' }).end('<html>413</html>');
      return 'answered';
    };
    const outcome = await restored(given);
    expect(await seen(table, 1)).toEqual([['b.txt', 'b']]);
    expect(reasons(outcome)).toEqual([[expect.stringContaining('client_max_body_size'), 1]]);
  }, 60_000);

  it('are linked once although the answer to the link was lost', async () => {
    const { table, given } = await made('Cut', [
      {
        Files: [
          ['a.txt', 'a'],
          ['b.txt', 'b'],
        ],
      },
    ]);
    await desk.set(table, 1, 'Files', null);
    let cuts = 0;
    proxy.fault = ({ pathname }, { request }) =>
      request.method === 'PATCH' && pathname.endsWith('/records') && cuts++ === 0 ? cutAfter : undefined;
    const outcome = await restored(given);
    expect(cuts).toBe(1);
    expect(await seen(table, 1)).toEqual([
      ['a.txt', 'a'],
      ['b.txt', 'b'],
    ]);
    expect(outcome.counts.files).toBe(2);
  }, 60_000);

  it('are uploaded again where the answer to the upload was lost', async () => {
    const { table, given } = await made('Cut upload', [{ Files: [['a.txt', 'a']] }]);
    await desk.set(table, 1, 'Files', null);
    let cuts = 0;
    proxy.fault = ({ pathname }) =>
      pathname.endsWith('/storage/upload') && cuts++ === 0 ? cutAfter : undefined;
    await restored(given);
    expect(cuts).toBe(2);
    expect(await seen(table, 1)).toEqual([['a.txt', 'a']]);
  }, 60_000);

  it('stay beside what somebody adds while they are uploaded', async () => {
    const { table, given } = await made('Meanwhile', [{ Files: [['a.txt', 'a']] }]);
    await desk.set(table, 1, 'Files', null);
    let late: Promise<unknown> | undefined;
    proxy.fault = ({ pathname }) => {
      if (!pathname.endsWith('/storage/upload') || late) return undefined;
      late = desk.upload(['late.txt', 'late']).then((entry) => desk.set(table, 1, 'Files', [entry]));
      return late;
    };
    await restored(given);
    expect(await seen(table, 1)).toEqual([
      ['a.txt', 'a'],
      ['late.txt', 'late'],
    ]);
  }, 60_000);

  it('whose record is deleted while they are uploaded are left out, and the others of the request are linked', async () => {
    const { table, given } = await made('Deleted', [
      { Files: [['a.txt', 'a']] },
      { Files: [['b.txt', 'b']] },
    ]);
    await desk.set(table, 1, 'Files', null);
    await desk.set(table, 2, 'Files', null);
    let gone = false;
    proxy.fault = ({ pathname }, { request }) => {
      if (gone || request.method !== 'PATCH' || !pathname.endsWith('/records')) return undefined;
      gone = true;
      return desk.call('DELETE', `/api/v2/tables/${table.id}/records`, [{ Id: 1 }]);
    };
    const outcome = await restored(given);
    expect(await seen(table, 2)).toEqual([['b.txt', 'b']]);
    expect(reasons(outcome)).toEqual([['their records are not on the target', 1]]);
  }, 60_000);

  it('that are damaged in the backup are never linked', async () => {
    const { table, given } = await made('Damaged', [
      {
        Files: [
          ['a.txt', 'a'],
          ['b.txt', 'b'],
        ],
      },
    ]);
    await desk.set(table, 1, 'Files', null);
    const root = await mkdtemp(join(tmpdir(), 'attachments-'));
    closers.push(() => rm(root, { recursive: true, force: true }));
    const { backup, stored } = await sealed(root, given, { damaged: 'b.txt' });
    const work = { backup, signal, progress: () => undefined };
    const wanted = { stored, tableId: table.id, recordIdOf: (id: unknown) => id as number };
    const files = await desk.stored();
    const outcome = await restoreTableAttachments(target, wanted, work);
    expect(await seen(table, 1)).toEqual([['a.txt', 'a']]);
    expect(reasons(outcome)).toEqual([[expect.stringContaining('damaged in the backup'), 1]]);
    expect(await desk.stored()).toBe(files + 1);
  }, 60_000);

  it('are tried again later when NocoDB fails on all of them', async () => {
    const files = Array.from({ length: 12 }, (_, n) => [`${n}.txt`, `${n}`] as const);
    const { table, given } = await made('Full', [{ Files: files }]);
    await desk.set(table, 1, 'Files', null);
    proxy.fault = ({ pathname }, { response }) => {
      if (!pathname.endsWith('/storage/upload')) return undefined;
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"disk full"}');
      return 'answered';
    };
    await expect(restored(given)).rejects.toThrow('disk full');
    expect((await desk.entries(table, 1)) as Entry[]).toEqual([]);
  }, 60_000);
});
