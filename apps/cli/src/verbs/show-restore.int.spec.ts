import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as e from '@nocodb-backup/events';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, startNats } from '@nocodb-backup/testing';
import { createProgram } from '../program.js';
import { run } from '../run.js';

const backupId = '2026-02-05_05-15-00';
const restoreId = '2026-02-06_08-00-00';

describe('show and events, asked for a restore', () => {
  let nats: NatsServer;
  let connection: Connection;

  beforeAll(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'test' });
    await provision(connection, []);
    const log = new EventLog(connection, 'test');
    const content = { source: 'default', parts: ['dump' as const], records: true, attachments: true };
    const why = { trigger: 'manual' as const, requestedBy: 'ada', deadline: '2026-02-05T17:15:00Z' };
    const wish = { backupId, source: 'default', kind: 'dump' as const, scope: {}, options: {} };
    const failure = { reason: 'the disk is full', attempts: 5 };
    const asked = (id: string, planOnly: boolean) =>
      e.RestoreRequested({ restoreId: id, ...wish, planOnly, requestedBy: 'ada' });
    for (const fact of [
      e.BackupRequested({ backupId, ...content, ...why }),
      asked(restoreId, false),
      e.RestoreFailed({ restoreId, failure }),
      asked('2026-02-06_07-00-00', true),
    ])
      await log.append(fact);
  }, 30_000);
  afterAll(async () => {
    await connection.close();
    await nats.stop();
  });

  const cli = async (...argv: string[]) => {
    let out = '';
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        out += chunk.toString();
        done();
      },
    });
    const env = { NATS_URL: nats.url, NOCODB_BACKUP_DIR: '/none' };
    const stderr = new Writable({
      write: (_chunk, _encoding, done) => {
        done();
      },
    });
    const { signal } = new AbortController();
    const world = { environment: () => env, stdout, stderr, stdin: Readable.from([]), signal };
    const code = await run(createProgram({ ...world, now: () => new Date(), person: 'ada' }), argv, env);
    return { code, out };
  };

  it('tell how it ended', async () => {
    const { code, out } = await cli('show', restoreId);
    expect(code).toBe(0);
    expect(out).toContain('Failed after 5 attempts: the disk is full');
    const json: unknown = JSON.parse((await cli('show', restoreId, '--json')).out);
    expect(json).toMatchObject({ id: restoreId, verdict: 'failed', steps: [], history: [{}, {}] });
  });

  it('name the restores of a backup, but not its plans', async () => {
    const json: unknown = JSON.parse((await cli('show', backupId, '--json')).out);
    expect(json).toMatchObject({ id: backupId, restores: [{ id: restoreId, verdict: 'failed' }] });
    const { out } = await cli('show', backupId);
    expect(out).toContain(`Restores\n  ${restoreId}  database  failed\n`);
    expect(out).not.toContain('07-00-00');
  });

  it('print what happened to it', async () => {
    const { code, out } = await cli('events', restoreId);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(out).toContain('restore failed: the disk is full (5 attempts)');
  });
});
