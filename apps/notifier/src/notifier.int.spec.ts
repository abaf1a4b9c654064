import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import {
  type MailServer,
  madeUpFacts,
  type NatsServer,
  poll,
  type Receiver,
  startNats,
  startReceiver,
  startSmtp,
} from '@nocodb-backup/testing';
import { notifier } from './service.js';

const secret = 'a secret of the webhook';
const quick = { ...notifier, policy: { attempts: 3, backoffMs: [100], maxDeliver: 100 } };

interface Told {
  readonly channel: string;
  readonly failure?: { readonly reason: string };
}

type Verifier = (headers: object, body: string, secret: string) => boolean;

/** The example of docs/notifications.md, as it stands there. */
const documented = async (): Promise<Verifier> => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/notifications.md'), 'utf8');
  const code = /```js\n([^]*?)```/.exec(page)?.[1] ?? '';
  const file = join(await mkdtemp(join(tmpdir(), 'notifier-')), 'verify.mjs');
  await writeFile(file, code);
  const { isGenuine } = (await import(file)) as { isGenuine: Verifier };
  await rm(dirname(file), { recursive: true });
  return isGenuine;
};

describe('the notifier', () => {
  let nats: NatsServer;
  let smtp: MailServer;
  let hook: Receiver;
  let teams: Receiver;
  let connection: Connection;
  let log: EventLog;
  const running: RunningService[] = [];

  beforeAll(async () => {
    smtp = await startSmtp({ user: 'mailer', password: 'the-smtp-password' });
  });
  afterAll(() => smtp.stop());
  beforeEach(async () => {
    [hook, teams, nats] = await Promise.all([startReceiver(), startReceiver(), startNats()]);
    smtp.mails.length = 0;
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
  }, 60_000);
  afterEach(async () => {
    await stop();
    await connection.close();
    await Promise.all([nats.stop(), hook.stop(), teams.stop()]);
  }, 60_000);

  const start = async (env: Record<string, string> = {}) => {
    const logger = new NestLog(createLog('notifier', 'fatal'));
    const common = {
      NATS_URL: nats.url,
      NOCODB_BACKUP_ALERT_ENABLED: 'true',
      NOCODB_BACKUP_ALERT_CHANNELS: 'webhook',
      NOCODB_BACKUP_ALERT_MAX_AGE_HOURS: '0',
      NOCODB_BACKUP_ALERT_DISK_FREE_PERCENT: '0',
      NOCODB_BACKUP_WEBHOOK_URL: `${hook.url}/hooks/token-of-the-webhook`,
      NOCODB_BACKUP_WEBHOOK_SECRET: secret,
      NOCODB_BACKUP_TEAMS_WEBHOOK: `${teams.url}/workflows/token-of-teams`,
      NOCODB_BACKUP_ALERT_EMAIL: 'admin@example.com',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(smtp.port),
      SMTP_TLS: 'false',
      SMTP_USER: 'mailer',
      SMTP_PASSWORD: 'the-smtp-password',
      SMTP_FROM: 'backup@example.com',
    };
    running.push(await startService(quick, { env: { ...common, ...env }, logger }));
  };
  const stop = async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
  };
  const backup = async (id: string, status: 'complete' | 'partial' | 'failed') => {
    for (const fact of madeUpFacts(id, { status })) await log.append(fact);
  };
  const facts = async (type: 'NotificationSent' | 'NotificationFailed') => {
    const found: Told[] = [];
    for await (const { data } of log.read(`evt.notification.*.${type}.*`)) found.push(data as Told);
    return found;
  };
  const told = (count: number) =>
    poll(async () => (await facts('NotificationSent')).length >= count, AbortSignal.timeout(30_000));
  const ids = (receiver: Receiver) =>
    receiver.received.map(({ body }) => (JSON.parse(body) as { backup_id: string }).backup_id);

  it('tells of a failed backup on every channel, and again on none after a restart', async () => {
    const channels = { NOCODB_BACKUP_ALERT_CHANNELS: 'email,teams,webhook' };
    await start(channels);
    await backup('2026-11-22_05-15-00', 'failed');
    await told(3);
    await stop();
    // A new lane gets all of history, as after the loss of the old one.
    await connection.jsm.consumers.delete('EVENTS', 'notifier-webhook');
    await start(channels);
    await backup('2026-11-22_06-15-00', 'partial');
    await told(6);
    expect(ids(hook)).toEqual(['2026-11-22_05-15-00', '2026-11-22_06-15-00']);
    expect(teams.received).toHaveLength(2);
    expect(smtp.mails.map(({ subject }) => subject)).toEqual([
      '[ERROR] Backup FAILED: default',
      '[WARNING] Backup incomplete: default',
    ]);
    expect(smtp.mails[0]?.text).toContain('database dump: connection refused');
    expect(smtp.mails[0]?.messageId).toMatch(/^<[0-9a-f-]{36}@nocodb-backup>$/);
  }, 60_000);

  it('signs the bytes that it sends, with the time (D10)', async () => {
    await start();
    await backup('2026-11-22_05-15-00', 'failed');
    await told(1);
    const [request] = hook.received;
    const { headers = {}, body = '' } = request ?? {};
    const isGenuine = await documented();
    expect(isGenuine(headers, body, secret)).toBe(true);
    expect(isGenuine(headers, `${body} `, secret)).toBe(false);
    expect(isGenuine(headers, body, 'another')).toBe(false);
    expect(isGenuine({ ...headers, 'x-signature-timestamp': '1700000000' }, body, secret)).toBe(false);
    expect(headers['idempotency-key']).toBe((JSON.parse(body) as { event_id: string }).event_id);
  }, 60_000);

  it('tells once a server that failed and one that had too much to do, and nobody is told twice', async () => {
    hook.replies.push({ status: 500 }, { status: 429, headers: { 'retry-after': '1' } });
    await start();
    await backup('2026-11-22_05-15-00', 'failed');
    await told(1);
    expect(hook.received).toHaveLength(3);
    expect(new Set(hook.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(await facts('NotificationFailed')).toEqual([]);
  }, 60_000);

  it('follows no redirect, records the failure without the address, and tells it on the other channels', async () => {
    const elsewhere = await startReceiver();
    hook.replies.push({ status: 307, headers: { location: elsewhere.url } });
    await start({ NOCODB_BACKUP_ALERT_CHANNELS: 'webhook,teams' });
    await backup('2026-11-22_05-15-00', 'failed');
    await told(2);
    await elsewhere.stop();
    expect(elsewhere.received).toEqual([]);
    const [failed] = await facts('NotificationFailed');
    expect(failed?.failure?.reason).toBe(
      'the address in NOCODB_BACKUP_WEBHOOK_URL answered HTTP 307, a redirect, which is not followed because the address is a secret: set the final address',
    );
    expect(teams.received.map(({ body }) => body).join()).toContain('Alerts by webhook do not arrive');
    for await (const { data } of log.read('evt.>'))
      expect(JSON.stringify(data)).not.toMatch(/token-of|the-smtp-password|a secret of/);
  }, 60_000);

  it('does not tell for ever that two broken channels are broken', async () => {
    hook.replies.push(...Array.from({ length: 9 }, () => ({ status: 404 })));
    teams.replies.push(...Array.from({ length: 9 }, () => ({ status: 404 })));
    await start({ NOCODB_BACKUP_ALERT_CHANNELS: 'webhook,teams,email' });
    await backup('2026-11-22_05-15-00', 'failed');
    // The backup and both failures by e-mail; each failure on the other broken channel fails, too, and that is the end of it.
    await told(3);
    await poll(async () => (await facts('NotificationFailed')).length === 4, AbortSignal.timeout(30_000));
    await backup('2026-11-22_06-15-00', 'complete');
    await backup('2026-11-22_07-15-00', 'partial');
    await poll(() => Promise.resolve(smtp.mails.length >= 4), AbortSignal.timeout(30_000));
    expect((await facts('NotificationFailed')).length).toBeLessThanOrEqual(8);
  }, 60_000);

  it('tells each event once, however many notifiers there are', async () => {
    await Promise.all([start(), start(), start()]);
    const wanted = Array.from(
      { length: 12 },
      (_, index) => `2026-11-22_${String(index).padStart(2, '0')}-00-00`,
    );
    await Promise.all(wanted.map((id) => backup(id, 'failed')));
    await told(12);
    expect(ids(hook).sort()).toEqual(wanted);
  }, 60_000);

  it('tells nothing of what happened before it was there, and of good news only where all is wanted', async () => {
    await backup('2026-11-20_05-15-00', 'failed');
    await start();
    await backup('2026-11-21_05-15-00', 'complete');
    await backup('2026-11-22_05-15-00', 'partial');
    await told(1);
    expect(ids(hook)).toEqual(['2026-11-22_05-15-00']);
  }, 60_000);

  it("tells a dead man's switch of the start, the success and the failure of backups", async () => {
    await start({
      NOCODB_BACKUP_ALERT_CHANNELS: 'ping',
      NOCODB_BACKUP_PING_URL: `${hook.url}/ping/uuid?create=1`,
    });
    const [requested, ...rest] = madeUpFacts('2026-11-22_05-15-00');
    if (requested) await log.append(requested);
    await told(1);
    for (const fact of rest) await log.append(fact);
    await told(2);
    await backup('2026-11-22_06-15-00', 'failed');
    await poll(
      () => Promise.resolve(hook.received.some(({ path }) => path.includes('fail'))),
      AbortSignal.timeout(30_000),
    );
    const paths = hook.received
      .map(({ path }) => path)
      .filter((path, index) => index !== 2 || !path.includes('start'));
    expect(paths).toEqual(['/ping/uuid/start?create=1', '/ping/uuid?create=1', '/ping/uuid/fail?create=1']);
  }, 60_000);

  it('lets no channel wait for one that does not answer', async () => {
    hook.replies.push('hang', 'hang', 'hang');
    await start({ NOCODB_BACKUP_ALERT_CHANNELS: 'webhook,teams,email' });
    for (const hour of ['05', '06', '07']) await backup(`2026-11-22_${hour}-15-00`, 'failed');
    await told(6);
    expect((await facts('NotificationSent')).map(({ channel }) => channel)).not.toContain('webhook');
    expect(teams.received).toHaveLength(3);
    expect(smtp.mails).toHaveLength(3);
  }, 60_000);

  it('makes no lane while alerts are switched off', async () => {
    await start({ NOCODB_BACKUP_ALERT_ENABLED: 'false' });
    expect((await running[0]?.health())?.lanes).toEqual([]);
  }, 60_000);

  it('names every variable that a channel lacks, and starts not', async () => {
    await expect(start({ NOCODB_BACKUP_ALERT_CHANNELS: 'slack,ntfy' })).rejects.toThrow(
      /NOCODB_BACKUP_SLACK_WEBHOOK: is not set[^]*NOCODB_BACKUP_NTFY_URL: is not set/,
    );
  }, 60_000);
});
