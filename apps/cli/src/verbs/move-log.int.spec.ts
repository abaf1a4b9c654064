import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { madeUpFacts, type NatsServer, poll, startNats } from '@nocodb-backup/testing';
import { ranCli } from '../cli.harness.js';

const ids = ['2026-01-01_05-00-00', '2026-01-02_05-00-00', '2026-01-03_05-00-00'];
const now = new Date();

/** A log is exported from one server and imported into another. */
describe('a log that moves', () => {
  const servers: NatsServer[] = [];
  const connections: Connection[] = [];
  let directory: string;
  let source: NatsServer;
  let file: string;

  const server = async () => {
    const nats = await startNats();
    servers.push(nats);
    return nats;
  };
  const connected = async ({ url }: NatsServer) => {
    const connection = await connect({ servers: url, name: 'test' });
    connections.push(connection);
    return connection;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nocodb-backup-log-'));
    file = join(directory, 'log.ndjson');
    source = await server();
    const connection = await connected(source);
    await provision(connection, []);
    const log = new EventLog(connection, 'test');
    for (const id of ids) for (const fact of madeUpFacts(id)) await log.append(fact);
    await log.append(e.BackupPinned({ backupId: ids[0] ?? '', n: 'n1', by: 'ada', reason: 'the audit' }));
    await connection.js.publish('evt.backup.b1.BackupBlessed', 'garbage');
  }, 30_000);
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await Promise.all(servers.map((nats) => nats.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  const cli = ({ url }: NatsServer, ...argv: string[]) =>
    ranCli({ env: { NATS_URL: url, NOCODB_BACKUP_DIR: '/none' }, now }, ...argv);
  const told = async (nats: NatsServer) => [
    await cli(nats, 'list', '--all', '--json'),
    await cli(nats, 'show', ids[0] ?? '', '--json'),
    await cli(nats, 'events', '--json'),
  ];

  it('tells the same story on the other server, byte for byte, and again after a second move', async () => {
    expect(await cli(source, 'export-log', '--output', file)).toMatchObject({ code: 0, out: '' });
    const target = await server();
    const imported = await cli(target, 'import-log', file, '--json');
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(imported.out)).toMatchObject({ events: 11, held: 0, written: 11 });
    const story = await told(source);
    expect(JSON.parse(story[0]?.out ?? '')).toHaveLength(3);
    expect(await told(target)).toEqual(story);
    expect((await cli(target, 'export-log')).out).toBe(await readFile(file, 'utf8'));
    expect(JSON.parse((await cli(target, 'import-log', file, '--json')).out)).toMatchObject({
      held: 11,
      written: 0,
    });
  });

  it('never overwrites a file, and leaves no half one', async () => {
    const again = await cli(source, 'export-log', '--output', file);
    expect(again).toMatchObject({ code: 11, out: '' });
    expect(again.err).toContain('nothing is overwritten');
    expect(await readdir(directory)).toEqual(['log.ndjson']);
  });

  it('goes on where it stopped when it was killed, and refuses what others wrote', async () => {
    const target = await server();
    const connection = await connected(target);
    await provision(connection, []);
    const log = new EventLog(connection, 'test');
    const signal = AbortSignal.timeout(10_000);
    const some = async function* () {
      for await (const entry of new EventLog(await connected(source), 'test').entries({ signal })) {
        if (entry.sequence > 4) return;
        yield entry;
      }
    };
    expect(await log.import(some(), { signal })).toEqual({ held: 0, written: 4 });
    expect(JSON.parse((await cli(target, 'import-log', file, '--json')).out)).toMatchObject({
      held: 4,
      written: 7,
    });
    expect(await told(target)).toEqual(await told(source));

    await log.append(e.BackupPinned({ backupId: ids[1] ?? '', n: 'n1', by: 'bob' }));
    const refused = await cli(target, 'import-log', file);
    expect(refused).toMatchObject({ code: 11, out: '' });
    expect(refused.err).toMatch(/is not empty, and holds something else.*holds 12 facts already, and 11/);
    const other = await cli(source, 'import-log', file);
    expect(other.code).toBe(0);
  });

  it('writes nothing of a file that was cut short, and nothing into a log with other facts', async () => {
    const target = await server();
    const cut = join(directory, 'cut.ndjson');
    await writeFile(cut, await readFile(file));
    await truncate(cut, 3000);
    const refused = await cli(target, 'import-log', cut);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/cut\.ndjson cannot be imported: .*Nothing was written/);

    const connection = await connected(target);
    await provision(connection, []);
    await new EventLog(connection, 'test').append(
      e.BackupPinned({ backupId: ids[0] ?? '', n: 'n1', by: 'bob' }),
    );
    const taken = await cli(target, 'import-log', file);
    expect(taken).toMatchObject({ code: 11, out: '' });
    expect(taken.err).toContain('at its place 1 stands evt.backup.2026-01-01_05-00-00.BackupPinned.n1');
    expect((await connection.jsm.streams.info('EVENTS')).state.messages).toBe(1);
  });

  it('is not written while services run: they would begin anew what is answered further down', async () => {
    const target = await server();
    const connection = await connected(target);
    await provision(connection, []);
    await connection.jsm.consumers.add('EVENTS', { durable_name: 'dumper', ack_policy: 'explicit' });
    connection.nats.subscribe('answers');
    const pull = JSON.stringify({ batch: 1, expires: 20e9 });
    connection.nats.publish('$JS.API.CONSUMER.MSG.NEXT.EVENTS.dumper', pull, { reply: 'answers' });
    await poll(
      async () => (await connection.jsm.consumers.info('EVENTS', 'dumper')).num_waiting > 0 || undefined,
      AbortSignal.timeout(4000),
    );
    const refused = await cli(target, 'import-log', file);
    expect(refused).toMatchObject({ code: 11, out: '' });
    expect(refused.err).toContain('services of nocodb-backup run with this event log (dumper)');
    expect((await connection.jsm.streams.info('EVENTS')).state.messages).toBe(0);
  });
});
