import { cp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { connect } from './connect.js';
import type { Connection } from './connection.js';
import { dumperThat, dumps } from './dumper.harness.js';
import { EventLog } from './event-log.js';
import { lanesOf } from './lane.js';
import { provision } from './provision.js';
import { aRequest, quick, until } from './service.harness.js';

jest.setTimeout(20_000);

describe('what a service finds on its server', () => {
  let server: NatsServer;
  let connection: Connection;
  const lanes = (policy = quick) => lanesOf('dumper', [dumperThat(dumps)], policy);
  beforeAll(async () => {
    server = await startNats();
    connection = await connect({ servers: server.url, name: 'spec' });
    await provision(connection, lanes());
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('stays as it is when it is provisioned again', async () => {
    const before = await connection.jsm.consumers.info('EVENTS', 'dumper');
    await provision(connection, lanes());
    expect((await connection.jsm.consumers.info('EVENTS', 'dumper')).created).toBe(before.created);
  });

  it('can be provisioned by many at once, also when they do not ask for the same', async () => {
    const fresh = await startNats();
    const open = await Promise.all([1, 2, 3].map((n) => connect({ servers: fresh.url, name: `spec${n}` })));
    try {
      await Promise.all(
        open.map((each, n) =>
          provision(each, lanes({ ...quick, ackWaitMs: 1000 + n }), { maxBytes: 1e9 + n }),
        ),
      );
    } finally {
      await Promise.all(open.map((each) => each.close()));
      await fresh.stop();
    }
  });

  it('is refused when nobody answers, and the error says where and what to do', async () => {
    const nowhere = { servers: 'nats://me:secret@127.0.0.1:1', name: 'spec', timeoutMs: 100 };
    await expect(connect(nowhere)).rejects.toThrow(
      /cannot connect to NATS at nats:\/\/127.0.0.1:1: .*NATS_URL/,
    );
    await expect(connect(nowhere)).rejects.not.toThrow(/secret/);
  });

  it('is refused at once when the credentials are wrong', async () => {
    const closed = await startNats({ config: 'authorization { user: u, password: p }' }).catch(
      () => undefined,
    );
    if (!closed) return;
    try {
      const wrong = connect({ servers: closed.url, name: 'spec', user: 'u', password: 'wrong' });
      await expect(wrong).rejects.toThrow(/refused the credentials/);
      await (await connect({ servers: closed.url, name: 'spec', user: 'u', password: 'p' })).close();
    } finally {
      await closed.stop();
    }
  });

  it('is recognised when the log was rolled back under a reader', async () => {
    const log = new EventLog(connection, 'spec');
    await log.append(aRequest());
    await server.kill();
    await cp(server.storeDir, `${server.storeDir}.old`, { recursive: true });
    await server.restart();
    const { recorded } = await log.append(aRequest());
    const checkpoint = await log.checkpoint(recorded);
    await log.verifyContinuity(checkpoint);

    await server.kill();
    await rm(server.storeDir, { recursive: true });
    await cp(`${server.storeDir}.old`, server.storeDir, { recursive: true });
    await server.restart();
    await until(() => connection.nats.rtt().then(Boolean, () => false));
    await expect(log.verifyContinuity(checkpoint)).rejects.toThrow(/rolled back or replaced: it ends at 1/);
    await log.append(aRequest());
    await expect(log.verifyContinuity(checkpoint)).rejects.toThrow(/event 2 is .*, and was/);
  });
});
