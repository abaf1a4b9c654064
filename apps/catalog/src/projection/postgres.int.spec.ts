import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { connect, type Connection, EventLog, provision } from '@nocodb-backup/messaging';
import { type NatsServer, poll, type PostgresServer, startNats, startPostgres } from '@nocodb-backup/testing';
import { memoryDatabase } from '../model/memory-database.js';
import { postgresDatabase } from '../model/postgres-database.js';
import { append, dumpOf, story } from '../scene.harness.js';
import { build } from './build.js';
import { Projector } from './projector.js';

const HOOKS = join(import.meta.dirname, '../../../../libs/messaging/src/typescript.harness.mjs');
const PROGRAM = join(import.meta.dirname, '../projector.harness.ts');
const pace = { retryMs: 50, checkMs: 100, batch: 7 };

describe('the catalog on PostgreSQL', () => {
  let postgres: PostgresServer;
  let nats: NatsServer;
  let connection: Connection;
  let log: EventLog;
  let url: string;
  let number = 0;
  const undo: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    postgres = await startPostgres();
  }, 60_000);
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    nats = await startNats();
    connection = await connect({ servers: nats.url, name: 'spec' });
    await provision(connection, []);
    log = new EventLog(connection, 'spec');
    url = await postgres.createDatabase(`catalog${++number}`, `keeper${number}`);
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    await connection.close();
    await nats.stop();
  });

  const started = (at = url) => {
    const database = postgresDatabase(at);
    const projector = new Projector(log, database, pace);
    projector.start();
    undo.push(async () => {
      await projector.stop();
      await database.close();
    });
    return { projector, database };
  };
  const tables = postgresDatabase;
  const position = async (database = tables(url)) => {
    try {
      return (await (await database.current()).position())?.sequence ?? 0;
    } catch {
      return 0;
    } finally {
      await database.close();
    }
  };
  const until = (sequence: number) =>
    poll(async () => (await position()) >= sequence, AbortSignal.timeout(20_000), 50);
  const caughtUp = async () => until((await log.info()).lastSequence);
  /** As a catalog that starts now would make them. */
  const fresh = async () => {
    const database = await memoryDatabase();
    const lead = await database.lead();
    const model = await lead?.shadow();
    if (!model) throw new Error('there is no shadow');
    await build({ log, model, signal: new AbortController().signal, progress: () => undefined });
    const dump = await dumpOf(model);
    await Promise.all([model.close(), database.close()]);
    return dump;
  };
  const stored = async () => {
    const database = tables(url);
    const dump = await dumpOf(await database.current());
    await database.close();
    return dump;
  };
  const untilEqual = () =>
    poll(async () => (await stored().catch(() => '')) === (await fresh()), AbortSignal.timeout(20_000), 100);

  it('is the same after following, after rebuilding, and in memory', async () => {
    await append(log, story(0, 3));
    const { projector } = started();
    await caughtUp();
    await append(log, story(3, 8));
    await caughtUp();
    const followed = await stored();
    expect(followed).toBe(await fresh());
    expect(followed).toContain('tables ["2026-01-05_05-15-00","t0","b0","Table 0","complete",40');

    const answers = await Array.fromAsync(projector.rebuilds.asked());
    expect(answers.at(-1)).toMatchObject({ events: (await log.info()).lastSequence });
    expect(await stored()).toBe(followed);
  }, 60_000);

  it('ends equal to a fresh rebuild when it is killed in the middle of its batches', async () => {
    await append(log, story(0, 2));
    const facts = story(2, 14);
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM, nats.url, url], { stdio: 'ignore' });
      undo.push(async () => {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }
      });
      await poll(async () => (await position()) > 0, AbortSignal.timeout(20_000));
      const own = facts.slice((round * facts.length) / 3, ((round + 1) * facts.length) / 3);
      const appended = append(log, own);
      const at = (await log.info()).lastSequence;
      await until(at + 3);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await appended;
      expect(await position()).toBeLessThanOrEqual((await log.info()).lastSequence);
    }
    started();
    await caughtUp();
    expect(await stored()).toBe(await fresh());
  }, 90_000);

  it('survives that its database is dropped while it runs', async () => {
    await append(log, story(0, 3));
    const name = `catalog${number}`;
    await postgres.query(`alter role keeper${number} createdb`);
    started();
    await caughtUp();
    await postgres.query(`drop database ${name} with (force)`);
    await append(log, story(3, 5));
    await caughtUp();
    await untilEqual();
  }, 60_000);

  it('goes on from where its database was rolled back to', async () => {
    await append(log, story(0, 3));
    const first = started();
    await caughtUp();
    await first.projector.stop();
    await first.database.close();
    await postgres.query(`create database copy${number} owner keeper${number} template catalog${number}`);
    const second = started();
    await append(log, story(3, 6));
    await caughtUp();
    await postgres.query(`drop database catalog${number} with (force)`);
    await postgres.query(`alter database copy${number} rename to catalog${number}`);
    await untilEqual();
    await poll(() => Promise.resolve(second.projector.state === 'following'), AbortSignal.timeout(10_000));
    expect(second.projector.rebuilds.count).toBe(0);
  }, 60_000);

  it('is made anew when the log is another one, whether it is longer or shorter', async () => {
    await append(log, story(0, 3));
    const { projector } = started();
    await caughtUp();
    for (const days of [1, 5]) {
      await connection.jsm.streams.delete('EVENTS');
      await provision(connection, []);
      await append(log, story(10, 10 + days));
      await untilEqual();
    }
    expect(projector.rebuilds.count).toBeGreaterThanOrEqual(3);
    expect(await stored()).not.toContain('2026-01-01_05-15-00');
  }, 60_000);

  it('is written by one of two, and by the other when the first has gone', async () => {
    await append(log, story(0, 2));
    const first = started();
    await caughtUp();
    const second = started();
    await poll(() => Promise.resolve(second.projector.state === 'standby'), AbortSignal.timeout(10_000));
    expect(await dumpOf(await second.database.current())).toBe(await fresh());
    await first.projector.stop();
    await append(log, story(2, 4));
    await caughtUp();
    expect(second.projector.state).toBe('following');
    expect(second.projector.rebuilds.count).toBe(0);
    expect(await stored()).toBe(await fresh());
  }, 60_000);

  it('has entities that say what the migrations have made', async () => {
    const { projector, database } = started();
    await poll(() => Promise.resolve(projector.state === 'following'), AbortSignal.timeout(10_000));
    expect(await (await database.current()).differences()).toEqual([]);
  }, 30_000);
});
