import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { instantOf } from '@nocodb-backup/backup';
import { ChannelOpened, ScheduleSet } from '@nocodb-backup/events';
import { mayMount, startNats } from '@nocodb-backup/testing';
import type { Child } from './child.js';
import { type Front, startFront } from './front.js';
import { type Gate, startGate } from './gate.js';
import { Installation, type Variables } from './installation.js';
import { writePast } from './past.js';
import { problemsOf, problemsOfFiles } from './problems.js';
import { recordsOf, seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';
import { stored } from './stored.js';
import { ToldPeople } from './told-people.js';

/** What went wrong in the Python tool, and in a bad night, and what this one makes of it. */
describe('a backup that meets trouble', () => {
  let source: Source;
  let workspace: SmallWorkspace;
  let database: Gate;
  let api: Front;
  let installation: Installation;
  let people: ToldPeople;
  let program: Child | undefined;

  beforeAll(async () => {
    source = await startSource();
    workspace = await seedSmall(source.api);
    database = await startGate(source.postgres.port);
    api = await startFront(source.nocodb.url);
    people = await ToldPeople.start();
    installation = await Installation.of(source, {
      DATABASE_PORT: String(database.port),
      NOCODB_API_URL: api.url,
      NOCODB_BACKUP_ATTEMPTS: '1',
      TZ: 'Pacific/Auckland',
    });
  }, 300_000);
  afterEach(async () => {
    database.open();
    api.release();
    await program?.kill('SIGTERM');
    program = undefined;
  }, 30_000);
  afterAll(async () => {
    await installation.remove();
    await database.stop();
    await api.stop();
    await people.stop();
    await source.stop();
  }, 60_000);

  interface Made {
    readonly id: string;
    readonly verdict: string;
    readonly failures: readonly string[];
    readonly parts: Readonly<Record<string, { readonly status: string }>>;
  }

  /** Runs `backup` against services with these variables. */
  const backup = async (variables: Variables, ...args: string[]) => {
    program ??= await installation.up(variables);
    const { code, out, err } = await installation.cli(['backup', '--json', ...args], variables);
    return { code, err, ...(JSON.parse(out || '{}') as Made) };
  };

  const hasManifest = (id: string, vault = installation.vault) =>
    existsSync(join(vault, id, 'manifest.json'));

  it('is partial with a wrong token, and failed when only the export was asked for; people are told (D2, D10)', async () => {
    const wrong = { NOCODB_API_TOKEN: 'a-wrong-token', ...people.variables };
    const whole = await backup(wrong);
    expect(whole).toMatchObject({ code: 3, verdict: 'partial', parts: { export: { status: 'failed' } } });
    expect(whole.failures).toEqual([expect.stringMatching(/NOCODB_API_TOKEN/)]);
    expect(whole.failures.join()).not.toContain('a-wrong-token');
    expect(await problemsOf(installation, whole.id)).toEqual([]);
    expect(await installation.verdict(whole.id)).toBe('partial');

    const exported = await backup(wrong, '--only', 'export');
    expect(exported).toMatchObject({ code: 1, verdict: 'failed' });
    expect(exported.failures.join()).toMatch(/NOCODB_API_TOKEN/);
    expect(hasManifest(exported.id)).toBe(false);
    expect(await installation.verdict(exported.id)).toBe('failed');

    const tokens = expect.stringMatching(/NOCODB_API_TOKEN/);
    const title = { partial: 'Backup incomplete: default', failed: 'Backup FAILED: default' };
    expect(await people.told(({ backup_id: id }) => id === whole.id)).toMatchObject({
      ...{ status: 'warning', title: title.partial, message: tokens, error_messages: [tokens] },
    });
    expect(await people.told(({ backup_id: id }) => id === exported.id)).toMatchObject({
      ...{ status: 'error', title: title.failed, message: tokens },
    });
    expect(JSON.stringify(people.messages)).not.toContain('a-wrong-token');
  }, 60_000);

  it('comes by the default schedule; that it was missed while the machine was down, and that there is none, is told (D1)', async () => {
    const nats = await startNats();
    const own = await Installation.of(source, { NATS_URL: nats.url });
    // Runs are a day apart; shortly before one nothing is made up for, and that would be now.
    const timeZone = new Date().getUTCHours() === 5 ? 'Asia/Tokyo' : 'Etc/UTC';
    const then = new Date(Date.now() - 3 * 86_400_000);
    const schedule = { mode: 'cron', expression: '15 5 * * *', timeZone } as const;
    try {
      await writePast(nats.url, [
        [then, ChannelOpened({ channel: 'webhook' })],
        [then, ScheduleSet({ source: 'default', n: '1', schedule, from: then.toISOString() })],
      ]);
      await own.up({ NOCODB_BACKUP_SCHEDULE_ENABLED: 'true', TZ: timeZone, ...people.variables });
      const missed = await people.told(({ title }) => title === 'Planned backup missed: default');
      expect(missed.message).toMatch(/3 planned backups were not begun in time/);
      const id = /made up for now: backup (\S+)\./.exec(missed.message)?.[1] ?? '';
      expect(await own.ended(id)).toBe('complete');
      expect(await problemsOf(own, id)).toEqual([]);
      expect(await people.told(({ title }) => title === 'No good backup: default')).toMatchObject({
        status: 'error',
        message: expect.stringMatching(/There is no complete and undamaged backup/),
      });
    } finally {
      await own.remove();
      await nats.stop();
    }
  }, 90_000);

  it('is partial when a page of a table fails for ever: that table is out, the others are whole (D3)', async () => {
    const { id: broken } = workspace.measurements;
    api.treat((path) =>
      path.includes(`/tables/${broken}/records`) && /where=[^&]*gt/.test(path)
        ? { status: 500, body: '{"msg":"Internal Server Error"}' }
        : undefined,
    );
    const made = await backup({});
    expect(made).toMatchObject({ code: 3, verdict: 'partial', parts: { export: { status: 'partial' } } });
    expect(made.failures).toEqual([expect.stringMatching(/Messwerte.*500/)]);
    expect(await problemsOf(installation, made.id)).toEqual([]);
    const { parts, artifacts } = await installation.manifest(made.id);
    const tables = parts.export.bases.flatMap((base) => base.tables);
    expect(new Map(tables.map(({ id, status, records }) => [id, `${status} ${records}`]))).toEqual(
      new Map([
        [workspace.customers.id, `complete ${recordsOf.customers}`],
        [workspace.orders.id, `complete ${recordsOf.orders}`],
        [workspace.other.id, `complete ${recordsOf.other}`],
        [broken, 'failed 0'],
      ]),
    );
    expect(artifacts.filter(({ path }) => path.includes('Messwerte'))).toEqual([]);
  }, 60_000);

  it('keeps two bases of one title, and two files of one name, apart (D5, D6)', async () => {
    const { id, code } = await backup({}, '--only', 'export');
    expect(code).toBe(0);
    const { bases } = (await installation.manifest(id)).parts.export;
    expect(bases.map(({ title }) => title)).toEqual(['CRM', 'CRM']);
    expect(new Set(bases.map(({ folder }) => folder)).size).toBe(2);
    const customers = bases.flatMap(({ tables }) => tables).filter(({ title }) => title === 'Kunden');
    const records = customers.map(({ folder }) =>
      stored<unknown[]>(installation.vault, id, folder, 'records.json.gz'),
    );
    const counts = (await Promise.all(records)).map(({ length }) => length);
    expect(counts.toSorted()).toEqual([recordsOf.other, recordsOf.customers].toSorted());
    const files = await readdir(join(installation.vault, id), { recursive: true });
    expect(files.filter((path) => path.includes('/attachments/') && path.endsWith('.txt'))).toHaveLength(2);
  }, 60_000);

  it('never sends the token to another host (D13)', async () => {
    const foreign = await startFront();
    foreign.treat((path) => ({
      status: 200,
      body: path.includes('bases') ? '{"list":[]}' : 'from elsewhere',
    }));
    try {
      const elsewhere = [
        { title: 'Bild.txt', url: `${foreign.url}/bild.txt`, mimetype: 'text/plain', size: 14 },
      ];
      await source.api.send('PATCH', `/api/v2/tables/${workspace.customers.id}/records`, {
        Id: 2,
        Akte: elsewhere,
      });
      api.treat((path) =>
        /^\/(dltemp|download)\//.test(path)
          ? { status: 302, headers: { location: `${foreign.url}/moved.txt` } }
          : undefined,
      );
      await backup({}, '--only', 'export');
      api.treat(() => ({ status: 307, headers: { location: `${foreign.url}/api/v2/meta/bases` } }));
      expect(await backup({}, '--only', 'export')).toMatchObject({ code: 1, verdict: 'failed' });
      expect(foreign.seen.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['/bild.txt', '/moved.txt']),
      );
      const told = JSON.stringify(foreign.seen);
      expect(told).not.toContain(source.variables.NOCODB_API_TOKEN);
      expect(told).not.toMatch(/xc-token|xc-auth|authorization|cookie/i);
      expect(told).not.toContain('/api/');
    } finally {
      await source.api.send('PATCH', `/api/v2/tables/${workspace.customers.id}/records`, {
        Id: 2,
        Akte: null,
      });
      await foreign.stop();
    }
  }, 60_000);

  it('is made twice when two people ask at once, with ids in UTC (D18)', async () => {
    program = await installation.up();
    const before = Date.now();
    const both = await Promise.all([backup({}), backup({})]);
    expect(both.map(({ code, verdict }) => `${String(code)} ${verdict}`)).toEqual([
      '0 complete',
      '0 complete',
    ]);
    expect(both[0].id).not.toBe(both[1].id);
    for (const { id } of both) {
      expect(Math.abs((instantOf(id)?.getTime() ?? 0) - before)).toBeLessThan(60_000);
      expect(await problemsOf(installation, id)).toEqual([]);
    }
  }, 60_000);

  it('is partial with a wrong database password, and names the variable', async () => {
    const made = await backup({ DATABASE_PASSWORD: 'a-wrong-password' });
    expect(made).toMatchObject({ code: 3, verdict: 'partial', parts: { dump: { status: 'failed' } } });
    expect(made.failures).toEqual([expect.stringMatching(/DATABASE_PASSWORD/)]);
    expect(JSON.stringify(made) + String(program?.err)).not.toContain('a-wrong-password');
    expect(await problemsOf(installation, made.id)).toEqual([]);
  }, 60_000);

  it('is closed at its deadline with what it has, and leaves nothing of the rest', async () => {
    database.close();
    program = await installation.up();
    const backupId = '2026-01-01_00-00-00';
    const request = {
      backupId,
      source: 'default',
      parts: ['dump', 'files'],
      records: true,
      attachments: true,
      trigger: 'manual',
      requestedBy: 'e2e',
      deadline: new Date(Date.now() + 5_000).toISOString(),
    };
    const published = await installation.cli([
      'publish',
      'BackupRequested',
      '--data',
      JSON.stringify(request),
    ]);
    expect(published).toMatchObject({ code: 0 });
    expect(await installation.ended(backupId)).toBe('partial');
    database.open();
    const { parts, artifacts, failures } = await installation.manifest(backupId);
    expect(artifacts.map(({ path }) => path)).toEqual(['nocodb-data.tar.gz']);
    expect(['timed-out', 'failed']).toContain(parts.dump.status);
    expect(failures.join()).toMatch(/deadline/);
    expect(await problemsOfFiles(installation, backupId)).toEqual([]);
  }, 60_000);

  (mayMount() ? it : it.skip)(
    'fails on a full disk, says so, and calls nothing whole that is not',
    async () => {
      const small = await mkdtemp(join(tmpdir(), 'nocodb-backup-small-'));
      const onSmall = await Installation.of(source, {
        NOCODB_BACKUP_DIR: small,
        NOCODB_BACKUP_ATTEMPTS: '1',
      });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', small]);
      try {
        await onSmall.up();
        const dump = await onSmall.cli(['backup', '--db-only', '--json']);
        const { id, failures } = JSON.parse(dump.out) as Made;
        expect(dump.code).toBe(1);
        expect(failures.join()).toMatch(/no space left in the backup directory .*Free space/);
        expect(hasManifest(id, small)).toBe(false);
        expect(await onSmall.verdict(id)).toBe('failed');

        const whole = await onSmall.cli(['backup', '--json']);
        const made = JSON.parse(whole.out) as Made;
        // Whether the small parts and the manifest still fit is a matter of milliseconds; that nothing is called whole is not.
        const isSealed = made.verdict === 'partial';
        expect(made.verdict).toMatch(/^(partial|failed)$/);
        expect(made.parts.dump?.status).toBe('failed');
        expect(made.failures.join()).toMatch(/no space left/);
        expect(whole.code).toBe(isSealed ? 3 : 1);
        expect(hasManifest(made.id, small)).toBe(isSealed);
        if (isSealed) expect(await problemsOf(onSmall, made.id)).toEqual([]);
      } finally {
        await onSmall.remove();
        execFileSync('umount', ['--lazy', small]);
        await rm(small, { recursive: true });
      }
    },
    60_000,
  );
});
