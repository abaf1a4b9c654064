import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { EventLog } from './event-log.js';
import { inquire, NobodyAnswersError } from './inquiry.js';
import { provision } from './provision.js';

describe('an inquiry', () => {
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  const stopped = new AbortController();
  const { signal } = new AbortController();

  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
  }, 30_000);
  afterAll(async () => {
    stopped.abort();
    await connection.close();
    await nats.stop();
  });

  const asked = (name: string) => Array.fromAsync(inquire(connection, name, signal));

  it('yields each answer, to the end', async () => {
    const answering = async function* () {
      yield await Promise.resolve({ step: 1 });
      yield { step: 2 };
    };
    log.answer('count', { answering, signal: stopped.signal });
    expect(await asked('count')).toEqual([{ step: 1 }, { step: 2 }]);
  });

  it('throws what went wrong where it is answered', async () => {
    const answering = async function* () {
      yield await Promise.reject<object>(new Error('the disk is full'));
    };
    log.answer('fail', { answering, signal: stopped.signal });
    await expect(asked('fail')).rejects.toThrow('the disk is full');
  });

  it('says at once when nobody listens', async () => {
    await expect(asked('nobody')).rejects.toBeInstanceOf(NobodyAnswersError);
  });
});
