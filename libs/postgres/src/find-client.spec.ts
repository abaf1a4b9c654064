import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { chosenClient, versionIn } from './find-client.js';

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
