import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PostgresServer, startPostgres } from '@nocodb-backup/testing';
import { z } from 'zod';
import { connectionFromUrl, type PostgresConnection } from './connection.js';
import { createDatabase, type Locale } from './create-database.js';
import { withMaintenance } from './maintenance.js';
import { serverFacts } from './server-facts.js';

let server: PostgresServer;
let connection: PostgresConnection;
beforeAll(async () => {
  server = await startPostgres();
  connection = connectionFromUrl(server.url);
}, 60_000);
afterAll(() => server.stop());

const locale = (provider: string, collate: string, encoding = 'UTF8'): Locale => ({
  encoding,
  collation: { provider, collate, ctype: collate },
});
const made = async (name: string, locales: Locale[]) => {
  const create = { name, owner: server.superuser };
  await withMaintenance(connection, {}, (session) => createDatabase(session, create, locales));
  const { encoding, collation } = await serverFacts({ ...connection, database: name });
  return [encoding, collation.provider, collation.collate];
};

describe('a new database', () => {
  it('has the locale and the encoding that it is to have', async () => {
    expect(await made('latin', [locale('libc', 'C', 'LATIN1')])).toEqual(['LATIN1', 'libc', 'C']);
    expect(await made('icu "ä"', [locale('icu', 'de')])).toEqual(['UTF8', 'icu', 'de']);
  });

  it('has the next one where the server has not the first, at last its own', async () => {
    const unknown = [
      locale('libc', 'xx_XX.UTF-8'),
      locale('libc', 'C.UTF-8', 'LATIN1'),
      locale('magic', 'nowhere'),
    ];
    expect(await made('second', [...unknown, locale('libc', 'C')])).toEqual(['UTF8', 'libc', 'C']);
    expect(await made('own', unknown)).toEqual(['UTF8', 'libc', 'C.UTF-8']);
    expect(await made('builtin', [locale('builtin', 'C.UTF-8')])).toEqual([
      'UTF8',
      expect.any(String),
      'C.UTF-8',
    ]);
  });

  it('is not made in silence when something else is wrong', async () => {
    await expect(made('own', [locale('libc', 'C')])).rejects.toThrow(/already exists/);
  });
});

describe('a maintenance session', () => {
  it('is never in the database itself, and finds another way in', async () => {
    const at = (target: string) =>
      withMaintenance({ ...connection, database: target }, {}, async (session) => {
        const [row] = await session.rows(z.object({ name: z.string() }), 'SELECT current_database() AS name');
        return row?.name;
      });
    expect(await at('own')).toBe('postgres');
    expect(await at('postgres')).toBe('template1');
    await server.query('ALTER DATABASE postgres ALLOW_CONNECTIONS false', [], 'template1');
    expect(await at('own')).toBe('template1');
  });
});
