import { existsSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from './start-postgres.js';

describe('a PostgreSQL for tests', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 60_000);
  afterAll(() => server.stop());

  it('makes a database whose owner can sign in', async () => {
    const url = await server.createDatabase('Kunden & Co', 'nocodb');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query('select current_user, current_database()');
    await client.end();

    expect(rows).toEqual([{ current_user: 'nocodb', current_database: 'Kunden & Co' }]);
  });

  it('refuses a wrong password', async () => {
    const client = new pg.Client({
      connectionString: server.url.replace('postgres:postgres', 'postgres:wrong'),
    });

    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
  });

  it('comes back with its committed rows after it was killed with an open connection', async () => {
    await server.query('create table kept as select 1 as id');
    await server.query('checkpoint');
    const open = new pg.Client({ connectionString: server.url });
    open.on('error', () => undefined);
    await open.connect();

    await server.kill('SIGKILL');
    await server.restart();

    expect(await server.query('select * from kept')).toEqual([{ id: 1 }]);
  });

  it('leaves no folder behind', async () => {
    const other = await startPostgres();
    await other.stop();

    expect(existsSync(other.dataDir)).toBe(false);
  });
});
