import { afterEach, describe, expect, it } from '@jest/globals';
import type { Health } from '@nocodb-backup/messaging';
import { HealthConfig, type HealthServer, isReady, serveHealth } from './health-server.js';

const lane = {
  durable: 'dumper',
  answeredAt: new Date(),
  running: 0,
  pending: 3,
  ackPending: 1,
  redelivered: 1,
};
const well: Health = { connected: true, lanes: [lane] };
const config = HealthConfig.parse({});

describe('the health of a service', () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  const asked = async (path: string, health: () => Promise<Health>) => {
    await server?.close();
    server = await serveHealth({ name: 'dumper', health }, config);
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  const told = (path: string, health: Health) => asked(path, () => Promise.resolve(health));

  it('is good while NATS is there and its lanes work or are told that there is nothing', async () => {
    expect((await told('/health/ready', well)).status).toBe(200);
    expect((await told('/health/ready', { ...well, connected: false })).status).toBe(503);
    const longAgo = new Date(Date.now() - 120_000);
    expect(isReady({ ...well, lanes: [{ ...lane, answeredAt: longAgo }] }, new Date())).toBe(false);
    expect(isReady({ ...well, lanes: [{ ...lane, answeredAt: longAgo, running: 1 }] }, new Date())).toBe(
      true,
    );
    expect(isReady({ ...well, lanes: [{ ...lane, answeredAt: undefined }] }, new Date())).toBe(false);
  });

  it('is not good when NATS does not answer, and alive all the same', async () => {
    const away = () => Promise.reject(new Error('away'));
    expect((await asked('/health/ready', away)).status).toBe(503);
    expect((await asked('/health/live', away)).status).toBe(200);
    expect((await asked('/else', away)).status).toBe(404);
  });

  it('tells how far each lane is behind, for Prometheus', async () => {
    const { body } = await told('/metrics', well);
    expect(body).toContain('nocodb_backup_connected{service="dumper"} 1\n');
    expect(body).toContain('nocodb_backup_lane_pending{service="dumper",lane="dumper"} 3\n');
    expect(body).toContain('nocodb_backup_lane_redelivered{service="dumper",lane="dumper"} 1\n');
  });

  it('says that the port is taken', async () => {
    server = await serveHealth({ name: 'dumper', health: () => Promise.resolve(well) }, config);
    const taken = { ...config, NOCODB_BACKUP_HEALTH_PORT: server.port };
    await expect(serveHealth({ name: 'dumper', health: () => Promise.resolve(well) }, taken)).rejects.toThrow(
      /NOCODB_BACKUP_HEALTH_PORT: cannot listen/,
    );
  });
});
