import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { BackupRequested, BackupTimedOut, DumpCompleted, DumpFailed, PermanentError } from '@nocodb-backup/events';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import type { Answer, Delivery } from './delivery.js';
import { On } from './on.js';
import { aDump, aRequest, startService } from './service.harness.js';

type Behaviour = (event: BackupRequested, delivery: Delivery) => Promise<Answer>;

/** A dumper whose work each test decides. */
const dumperThat = (behaviour: Behaviour) => {
  @Controller()
  class Dumper {
    @On(BackupRequested, {
      unless: [DumpCompleted, DumpFailed, BackupTimedOut],
      failed: ({ data }, failure) => DumpFailed({ backupId: data.backupId, failure }),
    })
    async dump(event: BackupRequested, delivery: Delivery) {
      return behaviour(event, delivery);
    }
  }
  return Dumper;
};
const dumps: Behaviour = ({ data }, { attemptId }) => Promise.resolve(aDump(data.backupId, attemptId));

describe('a service', () => {
  let server: NatsServer;
  const running: { close(): Promise<void> }[] = [];
  let services = 0;
  beforeAll(async () => {
    server = await startNats();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.close()));
  });
  afterAll(async () => {
    await server.stop();
  });

  const name = () => `dumper${++services}`;
  const start = async (...args: [string, Behaviour]) => {
    const service = await startService(server.url, args[0], [dumperThat(args[1])]);
    running.push(service);
    return service;
  };
  type Service = Awaited<ReturnType<typeof start>>;
  const types = async ({ log }: Service, { data }: BackupRequested) =>
    (await Array.fromAsync(log.read(`evt.backup.${data.backupId}.>`))).map(({ type }) => type);
  const until = async (check: () => Promise<boolean> | boolean) => {
    const end = Date.now() + 15_000;
    while (!(await check())) {
      if (Date.now() > end) throw new Error('did not happen within 15 s');
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  const settled = (service: Service) =>
    until(async () => (await service.strategy.health()).lanes.every(({ pending, ackPending }) => pending + ackPending === 0));

  it('records what its handler returns', async () => {
    const service = await start(name(), dumps);
    const request = aRequest();
    const { recorded } = await service.log.append(request);
    await until(async () => (await types(service, request)).length === 2);
    expect(await service.log.last(DumpCompleted.subjectFor(request.data))).toMatchObject({
      type: 'DumpCompleted',
      source: expect.stringMatching(/^dumper/) as string,
      causationId: recorded.id,
      correlationId: request.data.backupId,
    });
    await settled(service);
  });

  it('tries again what may pass, and records the failure when no attempt succeeds', async () => {
    let runs = 0;
    const service = await start(name(), () => {
      runs++;
      throw new Error('connection refused');
    });
    const request = aRequest();
    await service.log.append(request);
    await until(async () => (await types(service, request)).includes('DumpFailed'));
    await settled(service);
    expect(runs).toBe(3);
    const fact = await service.log.last(DumpFailed.subjectFor(request.data));
    expect(fact?.data).toMatchObject({ failure: { reason: 'connection refused', attempts: 3 } });
  });

  it('does not try again what no attempt can change', async () => {
    let runs = 0;
    const service = await start(name(), () => {
      runs++;
      throw new PermanentError('pg_dump 15 cannot dump server 18');
    });
    const request = aRequest();
    await service.log.append(request);
    await until(async () => (await types(service, request)).includes('DumpFailed'));
    await settled(service);
    expect(runs).toBe(1);
  });
});
