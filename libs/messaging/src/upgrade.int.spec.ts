import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AckPolicy, DeliverPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { Controller } from '@nestjs/common';
import { BackupRequested, DumpCompleted } from '@nocodb-backup/events';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import type { Answer } from './delivery.js';
import { lanesOf } from './lane.js';
import { On } from './on.js';
import { checkLane, provision } from './provision.js';
import { aDump, aRequest, loggerInto, quick, settled, startService, until } from './service.harness.js';
import { deadStreamConfig, eventStreamConfig, laneConfig } from './topology.js';

jest.setTimeout(20_000);

/** The uploader before and after a version in which it listens to one event more. */
const uploaders = (seen: string[]) => {
  @Controller()
  class Old {
    @On(BackupRequested)
    requested({ subject }: BackupRequested): Answer {
      seen.push(subject);
      return undefined;
    }
  }
  @Controller()
  class New extends Old {
    @On(BackupRequested)
    override requested(event: BackupRequested): Answer {
      return super.requested(event);
    }

    @On(DumpCompleted)
    dumped({ subject }: DumpCompleted): Answer {
      seen.push(subject);
      return undefined;
    }
  }
  return { Old, New };
};

describe('a new version of a service', () => {
  let server: NatsServer;
  let connection: Connection;
  let services = 0;
  const name = () => `uploader${++services}`;
  const { Old, New } = uploaders([]);
  const olds = (service: string, policy = quick) => lanesOf(service, [Old], policy);
  const news = (service: string, policy = quick) => lanesOf(service, [New], policy);
  const configOf = async (service: string) => (await connection.jsm.consumers.info('EVENTS', service)).config;
  beforeAll(async () => {
    server = await startNats();
    connection = await connect({ servers: server.url, name: 'spec' });
    await provision(connection, []);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('goes on where the old one was, and gets what is new to it from there on', async () => {
    const seen: string[] = [];
    const { Old: Before, New: After } = uploaders(seen);
    const service = name();
    const old = await startService(server.url, service, [Before]);
    try {
      await old.log.append(aDump(randomUUID()));
      await old.log.append(aRequest());
      await settled(old);
    } finally {
      await old.close();
    }
    const { created } = await connection.jsm.consumers.info('EVENTS', service);
    expect(seen).toHaveLength(1);
    seen.length = 0;
    const upgraded = await startService(server.url, service, [After], { ...quick, ackWaitMs: 2500 });
    try {
      const facts = [aDump(randomUUID()), aRequest()];
      for (const fact of facts) await upgraded.log.append(fact);
      await until(() => seen.length >= 2);
      await settled(upgraded);
      expect(seen).toEqual(facts.map(({ subject }) => subject));
      expect((await connection.jsm.consumers.info('EVENTS', service)).created).toBe(created);
      const [line] = upgraded.lines.filter((text) => text.startsWith('info changed'));
      expect(line).toContain(
        `changed the consumer "${service}" of stream EVENTS to what this version asks for: ack_wait 1.5 s -> 2.5 s; filter_subjects ["evt.backup.*.BackupRequested"] -> ["evt.backup.*.BackupRequested","evt.backup.*.DumpCompleted"]`,
      );
    } finally {
      await upgraded.close();
    }
  });

  it('can be taken back', async () => {
    const service = name();
    const lines: string[] = [];
    await provision(connection, news(service));
    await provision(connection, olds(service), { logger: loggerInto(lines) });
    expect(await configOf(service)).toMatchObject({ filter_subject: 'evt.backup.*.BackupRequested' });
    await provision(connection, olds(service), { logger: loggerInto(lines) });
    expect(lines).toHaveLength(1);
  });

  it('changes a consumer of a server that has just started, and refuses what the server would not change', async () => {
    const service = name();
    const later = { ...quick, ackWaitMs: 9000 };
    await provision(connection, news(service));
    await server.kill('SIGKILL');
    await server.restart();
    await until(() => connection.connected);
    await provision(connection, news(service, later));
    expect(await configOf(service)).toMatchObject({ ack_wait: 9e9 });
    await connection.jsm.consumers.update('EVENTS', service, { backoff: [5e9] });
    await expect(provision(connection, news(service, later))).rejects.toThrow(/ack_wait: asked 9 s, is 5 s/);
  });

  it('gets what an old one beside it does not understand', async () => {
    const seen: string[] = [];
    const service = name();
    const old = await startService(server.url, service, [Old]);
    const upgraded = await startService(server.url, service, [uploaders(seen).New]);
    try {
      const facts = Array.from({ length: 10 }, () => aDump(randomUUID()));
      for (const fact of facts) await upgraded.log.append(fact);
      await settled(upgraded);
      expect(seen.toSorted()).toEqual(facts.map(({ subject }) => subject).sort());
    } finally {
      await Promise.all([old.close(), upgraded.close()]);
    }
  });

  it('does not stop the old one that runs beside it, and does not start deaf', async () => {
    const service = name();
    await provision(connection, news(service, { ...quick, ackWaitMs: 9000 }));
    for (const lane of olds(service)) await checkLane(connection, lane);
    await provision(connection, olds(service));
    for (const lane of news(service))
      await expect(checkLane(connection, lane)).rejects.toThrow(/filter_subjects: asked/);
  });

  it.each([
    ['deliver_policy', { deliver_policy: DeliverPolicy.New }],
    ['ack_policy', { ack_policy: AckPolicy.All }],
  ])('refuses a consumer with another %s, and leaves it as it is', async (option, other) => {
    const service = name();
    const [lane] = olds(service);
    if (!lane) throw new Error('no lane');
    await connection.jsm.consumers.add('EVENTS', { ...laneConfig(lane), ...other, ack_wait: 7e9 });
    await expect(provision(connection, [lane])).rejects.toThrow(
      new RegExp(`consumer "${service}" of stream EVENTS is not as asked for \\(${option}: asked`),
    );
    expect(await configOf(service)).toMatchObject({ ...other, ack_wait: 7e9 });
  });
});

describe('a log that somebody else has made', () => {
  let server: NatsServer;
  let connection: Connection;
  beforeEach(async () => {
    server = await startNats();
    connection = await connect({ servers: server.url, name: 'spec' });
  });
  afterEach(async () => {
    await connection.close();
    await server.stop();
  });

  it.each([
    { storage: StorageType.Memory },
    { retention: RetentionPolicy.Interest },
    { deny_delete: false },
    { deny_purge: false },
    { max_age: 86_400e9 },
    { max_msgs_per_subject: 5 },
  ])('is refused with %j: it could lose facts', async (other) => {
    await connection.jsm.streams.add({ ...eventStreamConfig({}), ...other });
    const [option] = Object.keys(other);
    await expect(provision(connection, [])).rejects.toThrow(
      new RegExp(`stream EVENTS is not as asked for \\(${option ?? ''}: asked`),
    );
  });

  it('may have limits of its own, which are told', async () => {
    await connection.jsm.streams.add({ ...eventStreamConfig({}), max_bytes: 1e9, max_msgs: 5000 });
    await connection.jsm.streams.add({ ...deadStreamConfig({}), max_age: 86_400e9 });
    const lines: string[] = [];
    await provision(connection, [], { logger: loggerInto(lines) });
    expect(lines.map((line) => line.trim())).toEqual([
      'warn stream EVENTS has max_msgs 5000 instead of -1: left as it is',
      'warn stream EVENTS has max_bytes 1000000000 instead of -1: left as it is',
      'warn stream DEAD has max_age 86400 s instead of unset: left as it is',
    ]);
    expect((await connection.jsm.streams.info('EVENTS')).config.max_bytes).toBe(1e9);
  });
});
