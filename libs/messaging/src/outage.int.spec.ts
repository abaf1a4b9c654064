import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DumpCompleted } from '@nocodb-backup/events';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { type Behaviour, dumperThat, dumps } from './dumper.harness.js';
import { aRequest, quick, type Running, settled, startService, typesOf, until } from './service.harness.js';

jest.setTimeout(30_000);

const afterwards = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a service whose nats-server is killed', () => {
  let server: NatsServer;
  let service: Running | undefined;
  let second: Running | undefined;
  beforeEach(async () => {
    server = await startNats({ jetstream: 'sync_interval: always' });
  });
  afterEach(async () => {
    await Promise.all([service?.close(), second?.close()]);
    [service, second] = [undefined, undefined];
    await server.stop();
  });
  const start = (behaviour: Behaviour, ackWaitMs: number) =>
    startService(server.url, 'dumper', [dumperThat(behaviour)], { ...quick, ackWaitMs });

  it('goes on with its job, and does it once, when the server is back in time', async () => {
    const request = aRequest();
    const release = Promise.withResolvers<undefined>();
    let runs = 0;
    service = await start(async (event, delivery) => {
      runs++;
      await release.promise;
      expect(delivery.signal.aborted).toBe(false);
      return dumps(event, delivery);
    }, 6000);
    await service.log.append(request);
    await until(() => runs === 1);
    await server.kill('SIGKILL');
    await server.restart();
    release.resolve(undefined);
    const { log } = service;
    await until(async () => (await typesOf(log, request)).includes('DumpCompleted'));
    await settled(service);
    expect(runs).toBe(1);
  });

  it('records a job that ended while the server was away', async () => {
    const request = aRequest();
    const taken = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    service = await start(async (event, delivery) => {
      taken.resolve(undefined);
      await release.promise;
      return dumps(event, delivery);
    }, 6000);
    await service.log.append(request);
    await taken.promise;
    await server.kill('SIGKILL');
    release.resolve(undefined);
    await afterwards(100);
    await server.restart();
    const { log } = service;
    await until(async () => (await typesOf(log, request)).includes('DumpCompleted'));
    await settled(service);
  });

  it('aborts its job when it was cut off for so long that another may have it; one fact results, the loser cleans up', async () => {
    const request = aRequest();
    const [staged, undone] = [[] as string[], [] as string[]];
    const aborted: boolean[] = [];
    const release = Promise.withResolvers<undefined>();
    service = await start(async (event, delivery) => {
      staged.push(delivery.attemptId);
      delivery.onDiscarded(() => Promise.resolve(void undone.push(delivery.attemptId)));
      if (staged.length > 1) return dumps(event, delivery);
      delivery.signal.addEventListener('abort', () => aborted.push(true));
      await release.promise;
      return dumps(event, delivery);
    }, 1000);
    await service.log.append(request);
    await until(() => staged.length === 1);
    await server.kill('SIGKILL');
    await until(() => aborted.length === 1);
    await server.restart();
    second = await start(async (event, delivery) => {
      staged.push(delivery.attemptId);
      return dumps(event, delivery);
    }, 1000);
    const { log } = second;
    await until(async () => (await typesOf(log, request)).includes('DumpCompleted'));
    release.resolve(undefined);
    await until(() => undone.length === 1);
    expect(undone).toEqual([staged[0]]);
    expect(await log.last(DumpCompleted.subjectFor(request.data))).toMatchObject({
      data: { attempt: staged[1] },
    });
    await settled(second);
  });

  it('takes new work at once when the server is back', async () => {
    service = await start(dumps, 6000);
    await server.kill('SIGKILL');
    await server.restart();
    const requests = Array.from({ length: 5 }, aRequest);
    for (const request of requests) await service.log.append(request);
    await settled(service);
    for (const request of requests) expect(await typesOf(service.log, request)).toContain('DumpCompleted');
    expect(service.fatal).toEqual([]);
  });
});
