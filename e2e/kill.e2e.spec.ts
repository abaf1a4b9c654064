import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import type { Child } from './child.js';
import { type Front, startFront } from './front.js';
import { type Gate, startGate } from './gate.js';
import { ackWaitSeconds, Installation, patienceMs, type ServiceName } from './installation.js';
import { filesIn, problemsOf } from './problems.js';
import { recordsOf, seedSmall, type SmallWorkspace } from './small-workspace.js';
import { type Source, startSource } from './source.js';

let source: Source;
let workspace: SmallWorkspace;
let database: Gate;
let api: Front;

beforeAll(async () => {
  source = await startSource();
  workspace = await seedSmall(source.api);
  database = await startGate(source.postgres.port);
  api = await startFront(source.nocodb.url);
}, 300_000);
afterAll(async () => {
  await database.stop();
  await api.stop();
  await source.stop();
}, 60_000);
afterEach(() => {
  open();
});

const open = () => {
  database.open();
  api.release();
};

const throughGates = (): Record<string, string> => ({
  DATABASE_PORT: String(database.port),
  NOCODB_API_URL: api.url,
});

/** Keeps the large table's records back: all of them, or those after the first page. */
const holdLargeTable = (from: 'first page' | 'second page' = 'first page') => {
  const records = `/tables/${workspace.measurements.id}/records`;
  api.treat((path) => {
    const wanted = path.includes(records) && (from === 'first page' || /where=[^&]*gt/.test(path));
    return wanted ? 'hold' : undefined;
  });
};

const soon = (reached: () => boolean) =>
  poll(() => Promise.resolve(reached()), AbortSignal.timeout(patienceMs), 5);

const staged = (installation: Installation, id: string) => filesIn(join(installation.vault, '.staging', id));

const manifestOf = (installation: Installation, id: string) => join(installation.vault, id, 'manifest.json');

/** As soon as the first artifact has been moved to its place. */
const sealing = async ({ vault }: Installation, id: string) => {
  const until = Date.now() + patienceMs;
  const names = () => (existsSync(join(vault, id)) ? readdirSync(join(vault, id)) : []);
  while (names().length === 0 && Date.now() < until) await turn();
};

/** Whole, by the log, by the files, and by the figures of what was seeded. */
const expectWhole = async (installation: Installation, id: string) => {
  expect(await installation.ended(id)).toBe('complete');
  expect(await problemsOf(installation, id)).toEqual([]);
  const { status, failures, parts } = await installation.manifest(id);
  expect({ status, failures }).toEqual({ status: 'complete', failures: [] });
  const tables = parts.export.bases.flatMap((base) => base.tables);
  const expected = Object.entries(recordsOf).map(([name, records]) => [
    workspace[name as keyof SmallWorkspace].id,
    records,
  ]);
  const found = new Map(tables.map((table) => [table.id, table.records]));
  expect([...found].toSorted()).toEqual(expected.toSorted());
  expect(tables.reduce((sum, { attachments }) => sum + attachments.files, 0)).toBe(2);
  expect(parts.dump.tables).toBeGreaterThan(50);
};

type Stage = readonly [name: string, prepare: () => void, reached: (id: string) => Promise<unknown>];

describe('the whole program, killed', () => {
  let installation: Installation;
  let program: Child;

  beforeAll(async () => {
    installation = await Installation.of(source, throughGates());
    program = await installation.up();
  }, 60_000);
  afterAll(() => installation.remove(), 30_000);

  const stages: readonly Stage[] = [
    [
      'right after the request',
      () => {
        database.close();
      },
      () => Promise.resolve(),
    ],
    [
      'while the dump runs',
      () => {
        database.close();
      },
      async (id) => {
        await soon(() => database.held > 0);
        await poll(async () => (await staged(installation, id)).length > 0, AbortSignal.timeout(patienceMs));
      },
    ],
    ['after DumpCompleted', holdLargeTable, (id) => installation.reached(id, 'DumpCompleted')],
    [
      'while a table is exported',
      () => {
        holdLargeTable('second page');
      },
      () => soon(() => api.held.length > 0),
    ],
    ['after the first TableExported', holdLargeTable, (id) => installation.reached(id, 'TableExported')],
    [
      'after ExportCompleted',
      () => {
        database.close();
      },
      (id) => installation.reached(id, 'ExportCompleted'),
    ],
    ['while it is sealed', () => undefined, (id) => sealing(installation, id)],
  ];

  it.each(stages)(
    'completes the same backup: %s',
    async (stage, prepare, reached) => {
      prepare();
      const id = await installation.request();
      await reached(id);
      await program.kill();
      if (!stage.includes('sealed')) expect(existsSync(manifestOf(installation, id))).toBe(false);
      open();
      program = await installation.up();
      await expectWhole(installation, id);
    },
    120_000,
  );

  (process.platform === 'linux' ? it : it.skip)(
    'completes the same backup when only the nats-server that it runs is killed',
    async () => {
      database.close();
      holdLargeTable();
      const id = await installation.request();
      await soon(() => database.held > 0 && api.held.length > 0);
      const [nats] = program.children('nats-server');
      expect(nats).toBeDefined();
      process.kill(nats ?? 0, 'SIGKILL');
      await soon(() => program.children('nats-server').some((pid) => pid !== nats));
      open();
      await expectWhole(installation, id);
    },
    120_000,
  );

  it('completes the same backup: killed again and again', async () => {
    const id = await installation.request();
    for (const recorded of [2, 5, 8, 11]) {
      const isThere = async () => (await installation.facts(id)).length >= recorded;
      await poll(isThere, AbortSignal.timeout(patienceMs), 5);
      await program.kill();
      program = await installation.up();
    }
    await expectWhole(installation, id);
  }, 120_000);

  it('has its backup neither lost nor called complete for whoever waits or asks meanwhile', async () => {
    holdLargeTable();
    const waiting = installation.begin(['backup']);
    await waiting.says('is requested');
    const id = /backup (\S+) is requested/.exec(waiting.err)?.[1] ?? '';
    await installation.reached(id, 'TableExported');
    await program.kill();
    expect(await installation.verdict(id)).toBeUndefined();
    expect(waiting.running).toBe(true);
    open();
    program = await installation.up();
    expect(await waiting.ended).toMatchObject({ code: 0 });
    expect(await installation.verdict(id)).toBe('complete');
  }, 120_000);
});

describe('the whole program, stopped', () => {
  it('hands its work back in time and leaves nothing half-made', async () => {
    // Work that was not handed back would come again after an hour. A nats-server that restarts forgets what was handed back.
    const nats = await startNats();
    const hour = { NOCODB_BACKUP_ACK_WAIT_SECONDS: '3600', NATS_URL: nats.url };
    const installation = await Installation.of(source, { ...throughGates(), ...hour });
    try {
      const program = await installation.up();
      database.close();
      holdLargeTable();
      const id = await installation.request();
      await soon(() => database.held > 0 && api.held.length > 0);
      const began = performance.now();
      const { code, err } = await program.kill('SIGTERM');
      expect({ code, fatal: err.includes('fatal') }).toEqual({ code: 0, fatal: false });
      // What `docker stop` waits before it kills.
      expect(performance.now() - began).toBeLessThan(10_000);
      const halfMade = /database|Messwerte|part/;
      expect((await staged(installation, id)).filter((path) => halfMade.test(path))).toEqual([]);
      open();
      await installation.up();
      await expectWhole(installation, id);
    } finally {
      await installation.remove();
      await nats.stop();
    }
  }, 120_000);
});

describe('services of their own', () => {
  const names: readonly ServiceName[] = ['uploader', 'dumper', 'exporter', 'scheduler'];
  const services = new Map<ServiceName, Child>();
  let nats: NatsServer;
  let installation: Installation;

  const start = async (name: ServiceName) => services.set(name, await installation.service(name));
  const kill = (name: ServiceName) => services.get(name)?.kill();

  beforeAll(async () => {
    nats = await startNats();
    installation = await Installation.of(source, { ...throughGates(), NATS_URL: nats.url });
    for (const name of names) await start(name);
  }, 60_000);
  afterAll(async () => {
    await installation.remove();
    await nats.stop();
  }, 30_000);

  const hold = () => {
    database.close();
    holdLargeTable();
  };
  const atWork = () => soon(() => database.held > 0 && api.held.length > 0);

  it.each(['dumper', 'exporter', 'scheduler'] as const)(
    'complete the same backup when the %s is killed at work',
    async (name) => {
      hold();
      const id = await installation.request();
      await atWork();
      await kill(name);
      expect(await installation.verdict(id)).toBe('running');
      open();
      await start(name);
      await expectWhole(installation, id);
    },
    120_000,
  );

  it('complete the same backup when the uploader is killed while it seals', async () => {
    const id = await installation.request();
    await sealing(installation, id);
    await kill('uploader');
    expect(existsSync(join(installation.vault, id))).toBe(true);
    expect(existsSync(manifestOf(installation, id))).toBe(false);
    expect(await installation.verdict(id)).toBe('running');
    await start('uploader');
    await expectWhole(installation, id);
  }, 120_000);

  it('leave nothing of a dumper that slept while another one did its work', async () => {
    database.close();
    const id = await installation.request();
    await soon(() => database.held > 0);
    const sleeper = services.get('dumper');
    sleeper?.signal('SIGSTOP');
    database.open();
    await start('dumper');
    expect(await installation.ended(id)).toBe('complete');
    sleeper?.signal('SIGCONT');
    await sleeper?.says('interrupted');
    expect(await sleeper?.kill('SIGTERM')).toMatchObject({ code: 0 });
    await expectWhole(installation, id);
  }, 120_000);

  it('complete the same backup when nats-server is killed and soon back', async () => {
    hold();
    const id = await installation.request();
    await atWork();
    await nats.kill();
    await nats.restart();
    open();
    await expectWhole(installation, id);
  }, 120_000);

  it('complete the same backup when nats-server stays away for longer than work is lent', async () => {
    hold();
    const id = await installation.request();
    await atWork();
    await nats.kill();
    await sleep(ackWaitSeconds * 1000 + 1500);
    expect(existsSync(manifestOf(installation, id))).toBe(false);
    await nats.restart();
    open();
    await expectWhole(installation, id);
  }, 120_000);

  it('complete the same backup when its work ends while nats-server is away', async () => {
    hold();
    const id = await installation.request();
    await atWork();
    await nats.kill();
    open();
    await sleep(ackWaitSeconds * 1000 + 1500);
    expect(existsSync(manifestOf(installation, id))).toBe(false);
    await nats.restart();
    await expectWhole(installation, id);
  }, 120_000);
});
