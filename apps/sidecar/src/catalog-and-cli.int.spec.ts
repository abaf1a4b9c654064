import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalog } from '@nocodb-backup/catalog';
import { createProgram, run } from '@nocodb-backup/cli';
import { BackupDeleted, type Event, TableExportFailed } from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { createLog, NestLog, type RunningService, startService } from '@nocodb-backup/service';
import { freePort, madeUpFacts, type NatsServer, poll, startNats } from '@nocodb-backup/testing';

const id = (day: number) => `2026-01-0${day}_05-15-00`;
const failure = { reason: 'connection refused', attempts: 5 };
const facts: Event[] = [
  ...madeUpFacts(id(1), { parts: ['dump', 'files', 'export'] }),
  ...madeUpFacts(id(2), { status: 'partial' }),
  ...madeUpFacts(id(3), { status: 'failed' }),
  ...madeUpFacts(id(4), { destinations: ['local', 's3'] }),
  ...madeUpFacts(id(5), { status: 'running', source: 'other', parts: ['export'] }),
  TableExportFailed({ backupId: id(5), tableId: 't', failure }),
  BackupDeleted({ backupId: id(1), n: 'd', destination: 'local', files: 1, bytes: 1, warnings: [] }),
];

describe('the catalog and the command line, which fold the same log', () => {
  let nats: NatsServer;
  let connection: Connection;
  let service: RunningService;
  let url: string;
  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    const log = new EventLog(connection, 'spec');
    for (const fact of facts) await log.append(fact);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const env = { NATS_URL: nats.url, NOCODB_BACKUP_HTTP_PORT: String(port) };
    const quiet = new NestLog(createLog('catalog', 'fatal'));
    service = await startService(catalog, { env, logger: quiet });
    await poll(
      () =>
        fetch(`${url}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      AbortSignal.timeout(20_000),
    );
  });
  afterAll(async () => {
    await service.stop();
    await connection.close();
    await nats.stop();
  });

  const nocodbBackup = async (...argv: string[]) => {
    const env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: '/nowhere/at/all' };
    const [stdout, stderr] = [new PassThrough(), new PassThrough().resume()];
    const context = {
      ...{ environment: () => env, stdout, stderr, stdin: Readable.from([]), person: 'ada' },
      ...{ signal: new AbortController().signal, now: () => new Date() },
    };
    const printed = text(stdout);
    const exitCode = await run(createProgram(context), argv, env);
    stdout.end();
    return { exitCode, printed: await printed };
  };
  const told = async () => (await fetch(`${url}/api/backups?all=true`)).text();

  it('tell of the same backups, byte for byte', async () => {
    const { exitCode, printed } = await nocodbBackup('list', '--all', '--json');
    expect(exitCode).toBe(0);
    expect(await told()).toBe(printed);
    for (const verdict of ['deleted', 'partial', 'failed', 'complete', 'running'])
      expect(printed).toContain(`"verdict": "${verdict}"`);
  });

  it('tell the same after one has asked the other to make its tables anew', async () => {
    const before = await told();
    const { exitCode, printed } = await nocodbBackup('rebuild', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ events: facts.length });
    expect(await told()).toBe(before);
  });
});
