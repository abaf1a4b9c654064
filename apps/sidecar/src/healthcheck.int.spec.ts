import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';

const program = join(import.meta.dirname, '../../../deploy/image/healthcheck');
const longAgo = { NOCODB_BACKUP_ALERT_MAX_AGE_HOURS: '0.0001' };
const ofLate = { NOCODB_BACKUP_ALERT_MAX_AGE_HOURS: '1000000' };

let server: Server | undefined;

/** A server that answers with these status codes by path, and its address. */
const answering = async (statuses: Readonly<Record<string, number>>): Promise<string> => {
  server = createServer(({ url = '' }, response) => {
    response.writeHead(statuses[url.replace(/\?.*/, '')] ?? 404).end('{"sources":[]}');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const health = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<[boolean, string]> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout) => {
      resolve([error === null, stdout]);
    });
  });

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

describe('the health of a container', () => {
  it('is good where the last good backup is not too old', async () => {
    const address = await answering({ '/health/ready': 200, '/health/backups': 200 });
    expect(await health([address], longAgo)).toEqual([true, expect.stringContaining('backups work')]);
  });

  it('is bad without one, unless the container was started lately', async () => {
    const address = await answering({ '/health/ready': 200, '/health/backups': 503 });
    expect(await health([address], longAgo)).toEqual([false, expect.stringContaining('no good backup')]);
    expect(await health([address], ofLate)).toEqual([true, expect.stringContaining('no good backup yet')]);
  });

  it('is bad where the event log cannot be reached, or nothing answers', async () => {
    const address = await answering({ '/health/ready': 503, '/health/backups': 200 });
    expect(await health([address], ofLate)).toEqual([false, expect.stringContaining('not ready')]);
    expect(await health(['http://127.0.0.1:1'])).toEqual([false, expect.stringContaining('nothing answers')]);
  });

  it('of a single service says whether the log gives it work, and nothing of backups', async () => {
    const address = await answering({ '/health/ready': 200, '/health/backups': 503 });
    const env = { SERVICE: 'dumper', NOCODB_BACKUP_HEALTH_PORT: new URL(address).port, ...longAgo };
    expect(await health([], env)).toEqual([true, 'ready\n']);
  });
});
