import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { type Behaviour, dumperThat, dumps } from './dumper.harness.js';
import { PostponedError } from './postponed-error.js';
import { watchProgress } from './progress.js';
import { aRequest, quick, startService, typesOf, until } from './service.harness.js';

jest.setTimeout(20_000);

describe('a service that cannot go on yet', () => {
  let server: NatsServer;
  let outside: Connection;
  const running: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    server = await startNats();
    outside = await connect({ servers: server.url, name: 'outside' });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.close()));
  });
  afterAll(async () => {
    await outside.close();
    await server.stop();
  });

  let services = 0;
  const start = async (behaviour: Behaviour) => {
    const service = await startService(server.url, `dumper${++services}`, [dumperThat(behaviour)], quick);
    running.push(service);
    return service;
  };

  it('calls a handler again when it asked for, and counts no failure', async () => {
    const request = aRequest();
    let due: Date | undefined;
    const calls: { attempt: number; at: number }[] = [];
    const behaviour: Behaviour = (event, delivery) => {
      due ??= new Date(Date.now() + 700);
      calls.push({ attempt: delivery.attempt, at: Date.now() });
      if (new Date() < due) throw new PostponedError(due);
      return dumps(event, delivery);
    };
    const service = await start(behaviour);
    await service.log.append(request);
    await until(async () => (await typesOf(service.log, request)).includes('DumpCompleted'));
    expect(calls.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(calls[1]?.at).toBeGreaterThanOrEqual(due?.getTime() ?? Infinity);
  });

  it('tells why nothing moves while it waits for the next try', async () => {
    const request = aRequest();
    const seen = watchProgress(outside, {
      stream: 'backup',
      id: request.data.backupId,
      signal: AbortSignal.timeout(10_000),
    });
    const first = seen.next();
    await outside.nats.flush();
    const behaviour: Behaviour = (event, delivery) => {
      if (delivery.attempt === 1) throw new Error('connection refused by postgres://nocodb:secret@db');
      return dumps(event, delivery);
    };
    const service = await start(behaviour);
    await service.log.append(request);
    const failed = 'connection refused by postgres://nocodb:***@db; next try in 1 s';
    expect((await first).value).toMatchObject({ figures: { failed } });
  });
});
