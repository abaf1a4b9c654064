import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { chosenClient, chosenPsql, versionIn } from './find-client.js';

const client = (major: number, minor = 1) => ({
  path: `/pg/${major}/pg_dump`,
  version: `${major}.${minor}`,
  major,
});

describe('the client for a server', () => {
  it('is the one of the same major version', () => {
    expect(chosenClient('pg_dump', 15, [client(17), client(15), client(16)])).toEqual(client(15));
  });

  it('is the oldest newer one when there is none of the same', () => {
    expect(chosenClient('pg_dump', 14, [client(18), client(13), client(16)])).toEqual(client(16));
  });

  it('is never older than the server: the error tells what was found and what to install', () => {
    const choose = () => chosenClient('pg_dump', 17, [client(15), client(16)]);
    expect(choose).toThrow(PermanentError);
    expect(choose).toThrow(
      /server is PostgreSQL 17.*15\.1 at \/pg\/15\/pg_dump, 16\.1 at.*apt-get install postgresql-client-17/,
    );
    expect(() => chosenClient('psql', 17, [])).toThrow(/found: none/);
  });

  it.each([
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n', { version: '15.18', major: 15 }],
    ['psql (PostgreSQL) 18beta1', { version: '18beta1', major: 18 }],
    ['pg_dump (PostgreSQL) 9.6.24', { version: '9.6.24', major: 9 }],
    ['BusyBox v1.36', undefined],
  ])('is known by its version line %j', (line, version) => {
    expect(versionIn(line)).toEqual(version);
  });
});

describe('the psql that reads a dump', () => {
  it('is the one for the server, if it can be kept from running commands', () => {
    expect(chosenPsql(15, [client(17, 6), client(15, 14), client(16, 10)])).toEqual(client(15, 14));
  });

  it('is another one otherwise: newer if there is, else older than the server', () => {
    expect(chosenPsql(15, [client(15, 13), client(14, 19), client(17, 6), client(18, 0)])).toEqual(
      client(17, 6),
    );
    expect(chosenPsql(18, [client(17, 5), client(16, 10), client(15, 14)])).toEqual(client(16, 10));
  });

  it('is none of those that cannot: the error tells which can', () => {
    const choose = () => chosenPsql(15, [client(15, 13), client(17, 5), client(12, 30)]);
    expect(choose).toThrow(PermanentError);
    expect(choose).toThrow(/found: 15\.13 at.*15\.14.*apt-get install postgresql-client-15/);
  });
});
