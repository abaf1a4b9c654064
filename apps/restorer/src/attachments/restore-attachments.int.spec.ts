import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RestoreOptions } from '@nocodb-backup/events';
import { Downloads, NocoDb, RecordWriter, Uploads } from '@nocodb-backup/nocodb';
import { type NocoDbServer, type PostgresServer, startNocoDb, startPostgres } from '@nocodb-backup/testing';
import type { PlannedWork } from '../restoration.js';
import { Desk } from './attached.harness.js';
import type { Job } from './job.js';
import { RestoreAttachments } from './restore-attachments.js';
import { type BackedUpTable, sealed } from './vault.harness.js';

describe('a restore of attached files', () => {
  let postgres: PostgresServer;
  let nocodb: NocoDbServer;
  let desk: Desk;
  let target: Job['target'];
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    closers.push(() => postgres.stop());
    nocodb = await startNocoDb({ postgres, env: { NC_SECURE_ATTACHMENTS: 'true' } });
    closers.push(() => nocodb.stop());
    desk = new Desk(nocodb, await nocodb.signIn());
    const connection = { url: nocodb.url, token: await nocodb.createToken() };
    target = {
      api: new NocoDb(connection),
      records: new RecordWriter(connection),
      uploads: new Uploads(connection),
      downloads: new Downloads(),
    };
    for (const one of [target.api, target.records, target.uploads, target.downloads])
      closers.push(() => one.close());
  }, 600_000);
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  }, 60_000);

  const workOf = async (
    given: BackedUpTable,
    scope: { base?: string; table?: string } = {},
  ): Promise<PlannedWork> => {
    const root = await mkdtemp(join(tmpdir(), 'attachments-'));
    closers.push(() => rm(root, { recursive: true, force: true }));
    const { backup } = await sealed(root, given);
    const request = {
      ...{
        restoreId: '2026-11-22_10-00-00',
        backupId: backup.id,
        source: 's',
        kind: 'attachments' as const,
        scope,
      },
      ...{ options: RestoreOptions.parse({}), planOnly: false, requestedBy: 'me' },
    };
    const tools = { attemptId: 'a1', signal: AbortSignal.timeout(60_000), progress: () => undefined };
    return { request, backup, ...tools, plan: { steps: [], warnings: [] }, done: new Map() };
  };
  const content = Buffer.from('a');
  const unknown = (table: { id: string; title: string }, base = desk.base): BackedUpTable => ({
    base: { id: base, title: 'Attached' },
    table: { ...table, columns: [] } as BackedUpTable['table'],
    files: [{ record: 1, column: 'c', index: 0, title: 'a.txt', content }],
  });

  it('tells what it would do and touches nothing, then does it, also where NocoDB hands files out by signature alone', async () => {
    const table = await desk.table('Papers', [
      {
        Files: [
          ['a.txt', 'a'],
          ['b.txt', 'b'],
        ],
      },
    ]);
    const work = await workOf(
      desk.backedUp(table, [
        {
          Files: [
            ['a.txt', 'a'],
            ['b.txt', 'b'],
          ],
        },
      ]),
    );
    const [, second] = await desk.entries(table, 1);
    await desk.set(table, 1, 'Files', [second]);
    const restoration = new RestoreAttachments(target);
    const plan = await restoration.plan(work);
    expect(plan).toEqual({
      steps: [
        {
          key: `attachments-${table.id}`,
          title: 'files of "Papers" of base "Attached"',
          action: 'upload and link what is missing of 2 files',
          target: table.id,
          existing: null,
        },
      ],
      warnings: [],
    });
    expect(await desk.entries(table, 1)).toHaveLength(1);
    const planned = { ...work, plan };
    await work.backup.verify(restoration.sources(planned), work);
    const [step] = plan.steps;
    const outcome = step && (await restoration.perform(step, planned));
    expect(outcome).toMatchObject({ counts: { files: 1, bytes: 1, alreadyThere: 1 }, leftOut: [] });
    expect(await desk.seen(table, 1)).toEqual([
      ['a.txt', 'a'],
      ['b.txt', 'b'],
    ]);
  }, 60_000);

  it('finds a table that was made anew by its title', async () => {
    const table = await desk.table('Made anew', [{}]);
    const plan = await new RestoreAttachments(target).plan(
      await workOf(unknown({ id: 'mold', title: 'Made anew' })),
    );
    expect(plan.steps).toMatchObject([{ key: 'attachments-mold', target: table.id }]);
  }, 60_000);

  it('is refused where the target has none of the tables, or the backup none of the files', async () => {
    const restoration = new RestoreAttachments(target);
    const lost = unknown({ id: 'mlost', title: 'Lost' });
    await expect(restoration.plan(await workOf(lost))).rejects.toMatchObject({
      name: 'RefusedError',
      message: expect.stringContaining('restore-dump'),
    });
    await expect(restoration.plan(await workOf(lost, { table: 'Other' }))).rejects.toThrow(
      'has no table "Other"',
    );
    const empty = { ...lost, files: [] };
    await expect(restoration.plan(await workOf(empty))).rejects.toThrow('holds no attached files');
  }, 60_000);

  it('leaves out the files of a table that is not there', async () => {
    const work = await workOf(unknown({ id: 'mlost', title: 'Lost' }));
    const step = { key: 'attachments-mlost', title: 't', action: 'a', target: null, existing: null };
    const outcome = await new RestoreAttachments(target).perform(step, work);
    expect(outcome.leftOut).toMatchObject([{ what: 'files of "Lost" of base "Attached"', count: 1 }]);
  }, 60_000);
});
