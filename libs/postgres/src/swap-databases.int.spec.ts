import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import pg from 'pg';
import { connectionFromUrl } from './connection.js';
import { withMaintenance } from './maintenance.js';
import { codeBehind } from './postgres-error.js';
import { type Swap, swapDatabases } from './swap-databases.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop());

const swap = (change: Partial<Swap> = {}) =>
  withMaintenance(connectionFromUrl(server.url), {}, async (session) => {
    const wanted = {
      fresh: 'fresh',
      name: 'nocodb',
      comment: "it's new",
      old: { name: 'aside', comment: 'old' },
    };
    await swapDatabases(session, { ...wanted, ...change });
  });
const databases = async () =>
  (
    await server.query<{ name: string; comment: string | null }>(
      "SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname !~ 'template|postgres' ORDER BY 1",
    )
  ).map(({ name, comment }) => `${name}: ${comment}`);

describe('two databases', () => {
  it('keep their names when one of them cannot be renamed', async () => {
    await server.createDatabase('nocodb');
    await expect(swap({ fresh: 'gone' })).rejects.toThrow(/"gone" does not exist|no database/);
    expect(await databases()).toEqual(['nocodb: null']);
  });

  it('are swapped, and tell what they are', async () => {
    await server.createDatabase('fresh');
    await swap();
    expect(await databases()).toEqual(['aside: old', "nocodb: it's new"]);
  });

  it('that are in use are not', async () => {
    await server.createDatabase('fresh');
    const user = new pg.Client({ connectionString: server.url.replace(/\/postgres$/, '/nocodb') });
    await user.connect();
    const error: unknown = await swap({ old: { name: 'other', comment: '' } }).catch(
      (reason: unknown) => reason,
    );
    await user.end();
    expect(codeBehind(error)).toBe('55006');
    expect(await databases()).toEqual(['aside: old', 'fresh: null', "nocodb: it's new"]);
  }, 30_000);
});
