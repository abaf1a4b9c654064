import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.js';
import { type NocoDbServer, startNocoDb } from './start-nocodb.js';

describe('a NocoDB for tests', () => {
  let postgres: PostgresServer;
  let nocodb: NocoDbServer;
  const cleanUps: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
    cleanUps.push(postgres.stop);
    nocodb = await startNocoDb({ postgres });
    cleanUps.push(nocodb.stop);
  }, 900_000);
  afterAll(async () => {
    for (const stop of cleanUps.reverse()) await stop();
  }, 60_000);

  const bases = (token: string) =>
    fetch(`${nocodb.url}/api/v2/meta/bases`, { headers: { 'xc-token': token } });

  it('says which version it is', async () => {
    const version = await fetch(`${nocodb.url}/api/v1/version`);

    expect(await version.json()).toMatchObject({ currentVersion: '0.301.3' });
  });

  it('keeps its API tokens when it is killed and started again', async () => {
    const token = await nocodb.createToken();
    await nocodb.kill('SIGKILL');
    await nocodb.restart();

    expect((await bases(token)).status).toBe(200);
    expect((await bases('wrong')).status).toBe(401);
  }, 120_000);

  it('keeps its data in the database that it names', async () => {
    const [row] = await postgres.query('select count(*)::int as users from nc_users_v2', [], 'nocodb');

    expect(row).toEqual({ users: 1 });
    expect(existsSync(nocodb.dataDir)).toBe(true);
  });
});
