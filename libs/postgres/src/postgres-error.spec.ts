import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { driverError, programError } from './postgres-error.js';
import { redacted } from './redacted.js';

const connection = { host: 'db', port: 5432, database: 'nocodb', user: 'noco', password: 'p@ss word' };
const said = (stderr: string) => programError('pg_dump ended with exit code 1', stderr, connection);

describe('the error of a client program', () => {
  it.each([
    ['FATAL:  password authentication failed for user "noco"', /DATABASE_PASSWORD/],
    ['fe_sendauth: no password supplied', /DATABASE_PASSWORD/],
    ['FATAL:  database "nocodb" does not exist', /DATABASE_NAME/],
    ['FATAL:  no pg_hba.conf entry for host "10.0.0.1"', /pg_hba\.conf/],
    [
      'pg_dump: error: query failed: ERROR:  permission denied for table secrets',
      /GRANT pg_read_all_data TO "noco"/,
    ],
  ])('%j needs a person', (stderr, hint) => {
    expect(said(stderr)).toBeInstanceOf(PermanentError);
    expect(said(stderr).message).toMatch(hint);
    expect(said(stderr).message).toContain(stderr);
  });

  it.each([
    ['connection to server at "db", port 5432 failed: Connection refused', /DATABASE_HOST and DATABASE_PORT/],
    ['could not translate host name "db" to address: Name or service not known', /DATABASE_HOST/],
    ['FATAL:  sorry, too many clients already', /max_connections/],
    ['ERROR:  canceling statement due to lock timeout', /stayed locked/],
    ['server closed the connection unexpectedly', /did the server stop/],
    ['FATAL:  the database system is starting up', /does not answer/],
  ])('%j may pass', (stderr, hint) => {
    expect(said(stderr)).not.toBeInstanceOf(PermanentError);
    expect(said(stderr).message).toMatch(hint);
  });

  it('says what the program said when that is not known, or that it said nothing', () => {
    expect(said('something new').message).toMatch(/exit code 1: something new/);
    expect(said('').message).toMatch(/it said nothing/);
  });

  it('never shows the password, plain or encoded', () => {
    const message = said('bad: postgres://noco:p%40ss%20word@db and p@ss word').message;
    expect(message).not.toMatch(/p@ss word|p%40ss/);
    expect(redacted('nothing to hide', [undefined, ''])).toBe('nothing to hide');
  });
});

describe('the error of the driver', () => {
  it.each([
    ['28P01', true],
    ['28000', true],
    ['3D000', true],
    ['42501', true],
    ['ECONNREFUSED', false],
    ['57P03', false],
    ['ENOTFOUND', false],
  ])('with the code %s is permanent: %s, in whatever language the server speaks', (code, isPermanent) => {
    const error = driverError(Object.assign(new Error('Passwort-Authentifizierung'), { code }), connection);
    expect(error instanceof PermanentError).toBe(isPermanent);
    expect(error.message).toMatch(/nocodb|DATABASE_/);
    expect(error.cause).toBeDefined();
  });
});
