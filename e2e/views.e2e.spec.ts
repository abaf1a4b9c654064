import { PassThrough, Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BackupSummary, isGood } from '@nocodb-backup/backup';
import { catalog } from '@nocodb-backup/catalog';
import { createProgram, run } from '@nocodb-backup/cli';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { alertFacts, History, notifier, Observatory, Watch } from '@nocodb-backup/notifier';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { freePort, type NatsServer, poll, startNats, startPostgres } from '@nocodb-backup/testing';
import { past, present, restoreId } from './rich-story.js';
import { writePast } from './past.js';
import { ToldPeople } from './told-people.js';

const patience = () => AbortSignal.timeout(30_000);
const text = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (inner instanceof Map ? [...inner] : inner));

interface Watching {
  readonly history: History;
  readonly observatory: Observatory;
}
type Json = Readonly<Record<string, unknown>>;
type Summaries = readonly (BackupSummary & { readonly id: string })[];

/** Who looks at one log: the command line, the catalog, and the notifier. */
describe('all who look at a log', () => {
  let nats: NatsServer;
  let people: ToldPeople;
  let connection: Connection;
  let log: EventLog;
  let env: Record<string, string>;
  let catalogUrl: string;
  let live: Watching;
  const running = new Map<string, RunningService>();

  beforeAll(async () => {
    [nats, people] = await Promise.all([startNats(), ToldPeople.start()]);
    const ago = new Date(Date.now() - 4 * 86_400_000);
    await writePast(
      nats.url,
      past().map((fact) => [ago, fact]),
    );
    connection = await connect({ servers: nats.url, name: 'spec' });
    log = new EventLog(connection, 'spec');
    const port = String(await freePort());
    catalogUrl = `http://127.0.0.1:${port}`;
    env = {
      ...{ NATS_URL: nats.url, NOCODB_BACKUP_DIR: '/nowhere/at/all', NOCODB_BACKUP_HTTP_PORT: port },
      ...{ ...people.variables, NOCODB_BACKUP_ALERT_LEVEL: 'all' },
    };
    live = newWatch();
  }, 60_000);
  afterAll(async () => {
    await Promise.all([...running.values()].map((service) => service.stop()));
    await connection.close();
    await Promise.all([nats.stop(), people.stop()]);
  }, 60_000);

  const start = async (service: typeof notifier | typeof catalog) => {
    const logger = new NestLog(createLog(service.name, 'fatal'));
    running.set(service.name, await startService(service, { env, logger }));
  };
  const stop = async (name: string) => {
    await running.get(name)?.stop();
    running.delete(name);
  };
  const cli = async (...argv: string[]) => {
    const stdout = new PassThrough();
    const context = {
      ...{ environment: () => env, stdout, stderr: new PassThrough().resume(), stdin: Readable.from([]) },
      ...{ signal: patience(), now: () => new Date(), person: 'ada' },
    };
    const code = await run(createProgram(context), argv, env);
    stdout.end();
    const out = await textOf(stdout);
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${out}`);
    return out;
  };
  const asked = async (path: string, url = catalogUrl) => (await fetch(url + path)).text();
  const newWatch = (): Watching => {
    const none = { count: 0, days: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, incompleteDays: 0 };
    const rules = { isWanted: true, source: 'default', directory: '/nowhere', maxAgeHours: 26 };
    const percents = { shrinkPercent: 50, diskFreePercent: 0, retentionDays: 3 };
    const history = new History(log);
    const watch = new Watch({ ...rules, ...percents, policy: { ...none, zone: 'Etc/UTC' } });
    return { history, observatory: new Observatory(log, history, watch) };
  };
  const lastSequence = async () => (await log.info()).lastSequence;
  /** Every delivery is answered, and the catalog is at the end of the log. */
  const settled = (url = catalogUrl) =>
    poll(async () => {
      const lags = (await log.lags()).filter(({ durable }) => durable.startsWith('notifier-'));
      const { sequence } = JSON.parse(await asked('/api/status', url)) as { sequence: number };
      const isIdle = lags.length > 0 && lags.every(({ pending, ackPending }) => pending + ackPending === 0);
      return isIdle && sequence === (await lastSequence());
    }, patience());
  const told = (title: string) => people.told((message) => message.title.startsWith(title));

  /** What the notifier thinks of the log; `due`: what it would record if it looked now. */
  const watched = async (watching: Watching) => {
    const { alerts, conditions, judged } = await watching.observatory.seen(now, patience());
    const good = await Promise.all(
      ['default', 'other'].map(
        async (source) => (await watching.history.lastGood(source, { signal: patience() }))?.id,
      ),
    );
    return {
      good,
      open: alerts.open,
      over: alerts.over,
      conditions,
      due: alertFacts(alerts, conditions, judged),
    };
  };
  const now = new Date();

  const cataloged = async (url = catalogUrl) => {
    const listed = await asked('/api/backups?all=true', url);
    const ids = (JSON.parse(listed) as Summaries).map(({ id }) => id);
    const others = ['restores', 'verifications', 'alerts', 'notifications', 'events'];
    return {
      listed,
      backups: await Promise.all(ids.map((id) => asked(`/api/backups/${id}`, url))),
      more: await Promise.all(others.map((what) => asked(`/api/${what}?limit=500`, url))),
    };
  };
  const views = async (watching: Watching) => {
    const listed = await cli('list', '--all', '--json');
    const ids = (JSON.parse(listed) as Summaries).map(({ id }) => id);
    return {
      listed,
      shown: await Promise.all([...ids, restoreId].map((id) => cli('show', id, '--json'))),
      catalog: await cataloged(),
      notifier: text(await watched(watching)),
    };
  };
  let after: Awaited<ReturnType<typeof views>>;

  it('agree while things happen: the catalog with the command line byte for byte, the notifier with both', async () => {
    await start(catalog);
    await start(notifier);
    await Promise.all([told('No good backup: other'), told('Much less data'), told('Backup overdue')]);
    await watched(live);
    for (const fact of present()) await log.append(fact);
    await connection.js.publish('evt.tomorrow.x.FromTomorrow', '{"of":"another version"}');
    await told('Restore done in part');
    await stop('notifier');
    await start(notifier);
    await told('Over: Much less data');
    await settled();

    after = await views(live);
    expect(after.catalog.listed).toBe(after.listed);
    const summaries = JSON.parse(after.listed) as Summaries;
    expect(new Set(summaries.map(({ verdict }) => verdict))).toEqual(
      new Set(['running', 'overdue', 'complete', 'partial', 'failed', 'deleted']),
    );
    for (const [index, body] of after.catalog.backups.entries()) {
      const { details, verifications, restores, ...summary } = JSON.parse(body) as Json;
      expect(details ?? verifications ?? restores).toBeDefined();
      const shown = JSON.parse(after.shown[index] ?? '') as Json;
      expect(text(Object.fromEntries(Object.keys(summary).map((key) => [key, shown[key]])))).toBe(
        text(summary),
      );
    }
    const state = JSON.parse(after.notifier) as { good: string[]; open: [string][]; due: unknown[] };
    const newest = (source: string) =>
      summaries.find((one) => one.source === source && isGood(one))?.id ?? null;
    expect(state.good).toEqual([newest('default'), newest('other')]);
    const alerts = JSON.parse(after.catalog.more[2] ?? '') as { id: string; clearedAt: string | null }[];
    const open = alerts.filter(({ clearedAt }) => clearedAt === null).map(({ id }) => id);
    expect(state.open.map(([id]) => id).sort()).toEqual(open.sort());
    expect(state.due).toEqual([]);
  }, 90_000);

  it('see the same after a rebuild, when they have read everything anew', async () => {
    await cli('rebuild');
    await settled();
    expect(await views(newWatch())).toEqual(after);
  }, 60_000);

  it('see the same in the tables of PostgreSQL', async () => {
    const postgres = await startPostgres();
    const port = String(await freePort());
    const database = { CATALOG_DATABASE_URL: await postgres.createDatabase('catalog', 'keeper') };
    const logger = new NestLog(createLog('catalog', 'fatal'));
    const other = { ...env, ...database, NOCODB_BACKUP_HTTP_PORT: port };
    const service = await startService(catalog, { env: other, logger });
    try {
      await settled(`http://127.0.0.1:${port}`);
      expect(await cataloged(`http://127.0.0.1:${port}`)).toEqual(after.catalog);
    } finally {
      await service.stop();
      await postgres.stop();
    }
  }, 60_000);

  it('see the same when everything is delivered and appended again, and nobody is told twice', async () => {
    const [messages, end] = [people.messages.length, await lastSequence()];
    await stop('notifier');
    for (const { durable } of await log.lags())
      if (durable.startsWith('notifier-')) await connection.jsm.consumers.delete('EVENTS', durable);
    await start(notifier);
    for (const fact of [...past(), ...present()]) await log.append(fact);
    await settled();
    expect(await lastSequence()).toBe(end);
    expect(people.messages).toHaveLength(messages);
    expect(await views(live)).toEqual(after);
  }, 60_000);
});
