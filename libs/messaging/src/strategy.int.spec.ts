import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { BackupRequested, DumpCompleted, DumpFailed, PermanentError } from '@nocodb-backup/events';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { type Behaviour, dumperThat, dumps, untilAborted } from './dumper.harness.js';
import { lanesOf } from './lane.js';
import { On } from './on.js';
import { watchProgress } from './progress.js';
import { provision } from './provision.js';
import {
  aDump,
  aRequest,
  quick,
  type Running,
  settled,
  startService,
  typesOf,
  until,
} from './service.harness.js';

jest.setTimeout(20_000);

describe('a service', () => {
  let server: NatsServer;
  let outside: Connection;
  const running: { close(): Promise<void> }[] = [];
  let services = 0;
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

  const name = () => `dumper${++services}`;
  const start = async (service: string, behaviour: Behaviour, policy = quick) => {
    const started = await startService(server.url, service, [dumperThat(behaviour)], policy);
    running.push(started);
    return started;
  };
  /** Only the backup that a test asks for is worked on; what other tests left in the log is passed over. */
  const only =
    ({ data }: BackupRequested, behaviour: Behaviour): Behaviour =>
    async (event, delivery) =>
      event.data.backupId === data.backupId ? behaviour(event, delivery) : undefined;
  const failureOf = async ({ log }: Running, request: BackupRequested) =>
    (await log.last(DumpFailed.subjectFor(request.data)))?.data;

  it('records what its handler returns, and what it answers', async () => {
    const request = aRequest();
    const service = await start(name(), dumps);
    const { recorded } = await service.log.append(request);
    await settled(service);
    const dump = await service.log.last(DumpCompleted.subjectFor(request.data));
    expect(dump).toMatchObject({ causationId: recorded.id, correlationId: request.data.backupId });
    expect(dump?.traceparent?.split('-')[1]).toBe(recorded.traceparent?.split('-')[1]);
    expect(dump?.traceparent).not.toBe(recorded.traceparent);
  });

  it('tries again what may pass, and records the failure when no attempt succeeds', async () => {
    const request = aRequest();
    const attempts: number[] = [];
    const behaviour: Behaviour = (_, { attempt }) => {
      attempts.push(attempt);
      throw new Error('connection refused by postgres://nocodb:secret@db');
    };
    const service = await start(name(), only(request, behaviour));
    await service.log.append(request);
    await until(async () => (await typesOf(service.log, request)).includes('DumpFailed'));
    await settled(service);
    expect(attempts).toEqual([1, 2, 3]);
    const reason = 'connection refused by postgres://nocodb:***@db';
    expect(await failureOf(service, request)).toMatchObject({ failure: { reason, attempts: 3 } });
  });

  it('does not acknowledge a failure: the next attempt may succeed', async () => {
    const request = aRequest();
    const behaviour: Behaviour = (event, delivery) => {
      if (delivery.attempt === 1) throw new Error('not yet');
      return dumps(event, delivery);
    };
    const service = await start(name(), only(request, behaviour));
    await service.log.append(request);
    await until(async () => (await typesOf(service.log, request)).includes('DumpCompleted'));
  });

  it('does not try again what no attempt can change', async () => {
    const request = aRequest();
    let runs = 0;
    const behaviour: Behaviour = () => {
      runs++;
      throw new PermanentError('pg_dump 15 cannot dump server 18');
    };
    const service = await start(name(), only(request, behaviour));
    await service.log.append(request);
    await until(async () => (await typesOf(service.log, request)).includes('DumpFailed'));
    await settled(service);
    expect(runs).toBe(1);
  });

  it('keeps a job that lasts longer than the server waits for an acknowledgement', async () => {
    const request = aRequest();
    const shared = name();
    const aborted: boolean[] = [];
    const behaviour: Behaviour = async (event, delivery) => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      aborted.push(delivery.signal.aborted);
      return dumps(event, delivery);
    };
    const policy = { ...quick, ackWaitMs: 1000 };
    const service = await start(shared, only(request, behaviour), policy);
    await start(shared, only(request, behaviour), policy);
    await service.log.append(request);
    await until(async () => (await typesOf(service.log, request)).includes('DumpCompleted'));
    await settled(service);
    expect(aborted).toEqual([false]);
  });

  it('leaves to other replicas what it is not working on', async () => {
    const shared = name();
    const requests = Array.from({ length: 6 }, aRequest);
    const ours = new Set(requests.map(({ data }) => data.backupId));
    const done: string[] = [];
    const started = Promise.withResolvers<string>();
    const behaviour =
      (replica: string): Behaviour =>
      async (event, { signal }) => {
        if (!ours.has(event.data.backupId)) return;
        started.resolve(replica);
        if ((await started.promise) === replica) await untilAborted(signal);
        done.push(replica);
      };
    const [a, b] = [await start(shared, behaviour('a')), await start(shared, behaviour('b'))];
    for (const request of requests) await a.log.append(request);
    await until(() => done.length === 5);
    const stuck = await started.promise;
    expect(done).not.toContain(stuck);
    expect((await b.strategy.health()).lanes[0]).toMatchObject({ pending: 0, ackPending: 1 });
  });

  it('removes what it staged when the fact of another attempt stands', async () => {
    const request = aRequest();
    const undone: string[] = [];
    const service: Running = await start(
      name(),
      only(request, async ({ data }, { onDiscarded, attemptId, cause }) => {
        onDiscarded(() => Promise.resolve(void undone.push(attemptId)));
        await service.log.append(aDump(data.backupId, 'rival'), cause);
        return aDump(data.backupId, attemptId);
      }),
    );
    await service.log.append(request);
    await until(() => undone.length === 1);
    await settled(service);
    expect(await service.log.last(DumpCompleted.subjectFor(request.data))).toMatchObject({
      data: { attempt: 'rival' },
    });
  });

  it('removes what a failed attempt staged, and keeps what the fact names', async () => {
    const request = aRequest();
    const [staged, undone] = [[] as string[], [] as string[]];
    const behaviour: Behaviour = (event, delivery) => {
      staged.push(delivery.attemptId);
      delivery.onDiscarded(() => Promise.resolve(void undone.push(delivery.attemptId)));
      if (delivery.attempt === 1) throw new Error('not yet');
      return dumps(event, delivery);
    };
    const service = await start(name(), only(request, behaviour));
    await service.log.append(request);
    await until(async () => (await typesOf(service.log, request)).includes('DumpCompleted'));
    await settled(service);
    expect(undone).toEqual(staged.slice(0, 1));
  });

  it('hands its work back when it is stopped, which is no failure', async () => {
    const request = aRequest();
    const shared = name();
    const seen: number[] = [];
    const first = await start(
      shared,
      only(request, (_, { signal, attempt }) => {
        seen.push(attempt);
        return untilAborted(signal);
      }),
    );
    await first.log.append(request);
    await until(() => seen.length === 1);
    await first.close();
    running.splice(0);
    const second = await start(
      shared,
      only(request, (event, delivery) => {
        seen.push(delivery.attempt);
        return dumps(event, delivery);
      }),
    );
    await settled(second);
    expect(seen).toEqual([1, 1]);
  });

  it('takes over when the process of another replica is killed', async () => {
    const request = aRequest();
    const shared = name();
    await provision(outside, lanesOf(shared, [dumperThat(dumps)], quick));
    const hooks = join(import.meta.dirname, 'typescript.harness.mjs');
    const script = join(import.meta.dirname, 'endless-dumper.harness.mjs');
    const child = spawn(process.execPath, ['--import', hooks, script, server.url, shared], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
    } finally {
      child.kill('SIGKILL');
    }
    const service = await start(shared, dumps);
    await service.log.append(request);
    await settled(service);
    expect(await typesOf(service.log, request)).toContain('DumpCompleted');
  });

  it('records the failure of an event that crashes every process that takes it', async () => {
    const request = aRequest();
    const shared = name();
    const policy = { ...quick, ackWaitMs: 1000, maxDeliver: 4 };
    await provision(outside, lanesOf(shared, [dumperThat(dumps)], policy));
    const first = await start(
      name(),
      only(request, () => Promise.resolve(undefined)),
    );
    const { recorded } = await first.log.append(request);
    const consumer = await outside.js.consumers.get('EVENTS', shared);
    for (let crashes = 0; crashes < 4;) {
      const message = await consumer.next({ expires: 5000 });
      if (message?.seq !== recorded.sequence) message?.ack();
      else if (++crashes < 4) message.nak();
    }
    const service = await start(shared, dumps, policy);
    await until(async () => (await typesOf(service.log, request)).includes('DumpFailed'));
    expect(await failureOf(service, request)).toMatchObject({
      failure: { attempts: 4, reason: expect.stringContaining('crashed') as unknown },
    });
  });

  it('puts aside what is no event, and says why in the DEAD stream', async () => {
    const request = aRequest();
    const shared = name();
    const service = await start(shared, only(request, dumps));
    const { seq } = await outside.js.publish(request.subject, '{"backupId":1}');
    await until(() => service.lines.some((line) => line.startsWith('error put aside')));
    await settled(service);
    const subject = `$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.EVENTS.${shared}`;
    const advisory = await outside.jsm.streams.getMessage('DEAD', { last_by_subj: subject });
    expect(advisory?.json()).toMatchObject({
      stream_seq: seq,
      reason: expect.stringContaining('is no event') as unknown,
    });
    expect(await typesOf(service.log, request)).toEqual([]);
    await expect(service.log.append(request)).rejects.toThrow(/is no event/);
  });

  it('does nothing twice when all of history is delivered again', async () => {
    const request = aRequest();
    const shared = name();
    let runs = 0;
    const behaviour: Behaviour = (event, delivery) => {
      runs++;
      return dumps(event, delivery);
    };
    const first = await start(shared, behaviour);
    await first.log.append(request);
    await settled(first);
    const before = runs;
    await outside.jsm.consumers.delete('EVENTS', shared);
    await until(() => first.fatal.length === 1);
    expect(first.fatal[0]?.message).toContain(`"${shared}" of stream EVENTS was deleted`);
    const second = await start(shared, behaviour);
    await settled(second);
    expect((await outside.jsm.consumers.info('EVENTS', shared)).delivered.stream_seq).toBeGreaterThan(0);
    expect(runs).toBe(before);
  });

  it('tells of each fact in one line, and of what recorded nothing only who debugs', async () => {
    const request = aRequest();
    const shared = name();
    const service = await start(shared, only(request, dumps));
    await service.log.append(aRequest());
    const { recorded } = await service.log.append(request);
    await settled(service);
    const { sequence } = (await service.log.last(DumpCompleted.subjectFor(request.data))) ?? {};
    const subject = DumpCompleted.subjectFor(request.data);
    const fields = { lane: shared, type: 'DumpCompleted', subject, sequence, answers: recorded.sequence };
    expect(service.lines.filter((line) => line.startsWith('info'))).toEqual([
      `info recorded DumpCompleted ${JSON.stringify({ ...fields, attempt: 1 })}`,
    ]);
    expect(service.lines.some((line) => line.startsWith('debug nothing to record'))).toBe(true);
    expect(service.lines.some((line) => line.startsWith('debug skipped'))).toBe(true);
  });

  it('tells how far its work is', async () => {
    const request = aRequest();
    const stop = new AbortController();
    const seen = watchProgress(outside, { stream: 'backup', id: request.data.backupId, signal: stop.signal });
    const first = seen.next();
    await outside.nats.flush();
    const behaviour: Behaviour = (event, delivery) => {
      delivery.progress({ part: 'dump', bytes: 5 });
      return dumps(event, delivery);
    };
    const service = await start(name(), only(request, behaviour));
    await service.log.append(request);
    expect((await first).value).toEqual({
      stream: 'backup',
      id: request.data.backupId,
      part: 'dump',
      figures: { bytes: 5 },
    });
    stop.abort();
    expect((await seen.next()).done).toBe(true);
  });

  it('refuses to start with two handlers for one event in one lane', async () => {
    @Controller()
    class Twice {
      @On(BackupRequested)
      one() {
        return undefined;
      }
      @On(BackupRequested)
      other() {
        return undefined;
      }
    }
    await expect(startService(server.url, name(), [Twice])).rejects.toThrow(
      /two handlers of lane "dumper\d+" want/,
    );
  });

  it('gives two handlers of one event a lane each', async () => {
    const request = aRequest();
    const seen = new Set<string>();
    @Controller()
    class Both {
      @On(BackupRequested, { lane: 'dump', slots: 2 })
      async dump({ data }: BackupRequested) {
        await Promise.resolve();
        if (data.backupId === request.data.backupId) seen.add('dump');
      }
      @On(BackupRequested, { lane: 'files' })
      async files({ data }: BackupRequested) {
        await Promise.resolve();
        if (data.backupId === request.data.backupId) seen.add('files');
      }
    }
    const service = await startService(server.url, name(), [Both]);
    running.push(service);
    await service.log.append(request);
    await until(() => seen.size === 2);
  });

  it('takes no handler that expects another event', () => {
    class Wrong {
      // @ts-expect-error the handler must take what it subscribes to
      @On(BackupRequested)
      dump({ data }: DumpCompleted) {
        return aDump(data.backupId);
      }
    }
    expect(Wrong).toBeDefined();
  });
});
