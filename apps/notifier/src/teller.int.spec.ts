import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Connection, EventLog, provision, type Recorded } from '@nocodb-backup/messaging';
import {
  madeUpFacts,
  type NatsServer,
  type Receiver,
  startNats,
  startReceiver,
} from '@nocodb-backup/testing';
import { webhookChannel } from './channels/webhook.js';
import { Informant } from './informant.js';
import { Telling } from './settings.js';
import { Teller } from './teller.js';
import { History } from './watch/history.js';

const hour = 3600_000;
const day = 24 * hour;

describe('after a long outage', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let hook: Receiver;

  beforeAll(async () => {
    [nats, hook] = await Promise.all([startNats(), startReceiver()]);
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
  }, 60_000);
  afterAll(async () => {
    await connection.close();
    await Promise.all([nats.stop(), hook.stop()]);
  });

  const tellerAt = (age: number) => {
    const channel = webhookChannel({ url: hook.url, places: { local: '/vault' } });
    const telling = new Telling([channel], 'all', 'default');
    const now = () => new Date(Date.now() + age);
    return new Teller(log, telling, new Informant(log, new History(log), telling), { now });
  };
  /** The title of what is told, so long after the event. */
  const toldAfter = async (event: Recorded, age: number): Promise<string | undefined> => {
    const { sequence, time } = event;
    const nothing = () => undefined;
    const sent = await tellerAt(age).tell('webhook', event, {
      ...{ sequence, time, cause: event, attempt: 1, attemptId: 'a' },
      ...{ signal: new AbortController().signal, progress: nothing, onDiscarded: nothing },
    });
    return sent?.data.title;
  };
  const endOf = async (id: string, status: 'complete' | 'partial' | 'failed') => {
    for (const fact of madeUpFacts(id, { status })) await log.append(fact);
    const type = status === 'failed' ? 'UploadFailed' : 'Uploaded';
    const ending = await log.last(`evt.backup.${id}.${type}`);
    if (!ending) throw new Error('it has not ended');
    return ending;
  };

  it('tells bad news of a week and good news of a day, and nothing that is older', async () => {
    await tellerAt(0).onApplicationBootstrap();
    const complete = await endOf('2026-11-20_05-15-00', 'complete');
    const partial = await endOf('2026-11-21_05-15-00', 'partial');
    const failed = await endOf('2026-11-22_05-15-00', 'failed');
    expect(await toldAfter(complete, day + hour)).toBeUndefined();
    expect(await toldAfter(partial, 7 * day + hour)).toBeUndefined();
    expect(await toldAfter(failed, 7 * day + hour)).toBeUndefined();
    expect(hook.received).toEqual([]);
    expect(await toldAfter(complete, day - hour)).toBe('Backup complete: default');
    expect(await toldAfter(partial, 7 * day - hour)).toBe('Backup incomplete: default');
    expect(await toldAfter(failed, 7 * day - hour)).toBe('Backup FAILED: default');
    expect(hook.received).toHaveLength(3);
  }, 60_000);
});
