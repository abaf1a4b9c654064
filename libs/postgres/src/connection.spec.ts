import { describe, expect, it } from '@jest/globals';
import { clientEnvironment, connectionFromUrl, nameOf } from './connection.js';

describe('a database URL', () => {
  it('is decoded, sslmode included', () => {
    expect(
      connectionFromUrl('postgresql://us%40er:p%3Aw%2F%25@db.example:6432/no%20codb?sslmode=require'),
    ).toEqual({
      host: 'db.example',
      port: 6432,
      database: 'no codb',
      user: 'us@er',
      password: 'p:w/%',
      sslmode: 'require',
      sslrootcert: undefined,
    });
  });

  it('may name an IPv6 address, or the folder of a socket, and leaves the port out', () => {
    expect(connectionFromUrl('postgres://u@[::1]/d')).toMatchObject({ host: '::1', port: 5432 });
    expect(connectionFromUrl('postgres://u@localhost/d?host=/run/postgresql').host).toBe('/run/postgresql');
  });

  it.each(['', 'hunter2', 'mysql://u:hunter2@h/d', 'postgres://h/d', 'postgres://u:hunter2@h/d?sslmode=on'])(
    '%j is refused without being printed',
    (url) => {
      expect(() => connectionFromUrl(url)).toThrow(/^(?!.*hunter2)/);
    },
  );
});

describe('a client program', () => {
  const connection = { host: 'h', port: 5, database: 'd', user: 'u', password: 'hunter2' };

  it('gets the password by its environment, and nothing else of ours', () => {
    process.env.NOCODB_API_TOKEN = 'secret';
    const environment = clientEnvironment(connection);
    expect(environment).toMatchObject({
      PGPASSWORD: 'hunter2',
      PGHOST: 'h',
      PGDATABASE: 'd',
      PGUSER: 'u',
      PGPORT: '5',
    });
    expect(Object.keys(environment)).not.toContain('NOCODB_API_TOKEN');
    expect(Object.values(environment)).not.toContain(undefined);
  });

  it('is told of in errors without the password', () => {
    expect(nameOf(connection)).toBe('database "d" at h:5');
  });
});
