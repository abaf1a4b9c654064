import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startNats } from './start-nats.js';

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a nats-server for tests', () => {
  const cleanUps: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });
  const started = async (options: Parameters<typeof startNats>[0] = {}) => {
    const server = await startNats(options);
    cleanUps.push(() => server.stop());
    return server;
  };

  it('answers with JetStream under a name of its own', async () => {
    const server = await started();
    const connection = await connect({ servers: server.url });
    cleanUps.push(() => connection.close());

    expect(connection.info).toMatchObject({ server_name: server.name, jetstream: true });
  });

  it('keeps what was stored when it is killed and started again on the same port', async () => {
    const server = await started({ jetstream: 'sync_interval: always' });
    const connection = await connect({
      servers: server.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    cleanUps.push(() => connection.close());
    await (await jetstreamManager(connection)).streams.add({ name: 'KEPT', subjects: ['kept'] });
    await jetstream(connection).publish('kept', 'before the crash');

    const before = server.pid;
    await server.kill('SIGKILL');
    expect(isAlive(before)).toBe(false);
    await server.restart();

    const second = await connect({ servers: server.url });
    cleanUps.push(() => second.close());
    const message = await (await jetstreamManager(second)).streams.getMessage('KEPT', { seq: 1 });
    expect(message?.string()).toBe('before the crash');
    expect(server.pid).not.toBe(before);
  });

  it('leaves neither process nor folder behind', async () => {
    const server = await startNats();
    await server.stop();

    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(server.storeDir)).toBe(false);
  });

  it('shows the log when the server does not start', async () => {
    await expect(startNats({ config: 'no_such_option: 1' })).rejects.toThrow(
      /unknown field "no_such_option"/,
    );
  });

  it('does not take a stranger on the same port for the server that it started', async () => {
    const first = await started();
    const dir = await mkdtemp(join(tmpdir(), 'nocodb-backup-nats-'));
    cleanUps.push(() => rm(dir, { recursive: true }));

    await expect(startNats({ dir, port: first.port })).rejects.toThrow(/address already in use/);
  });
});
