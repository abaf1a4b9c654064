import { describe, expect, it } from '@jest/globals';
import { connectionOf } from '@nocodb-backup/postgres';
import { parseConfig } from '@nocodb-backup/service';
import { DumperConfig } from './config.js';
import { dumpWarnings } from './dump-warnings.js';

const connectionFrom = (env: Record<string, string>) => connectionOf(parseConfig(DumperConfig, env));

describe('the configuration of the dumper', () => {
  it('has the defaults of the compose files', () => {
    expect(parseConfig(DumperConfig, {})).toMatchObject({
      NOCODB_DATA_PATH: '/nocodb-data',
      NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT: 1800,
      NOCODB_BACKUP_DIR: '/data',
    });
    expect(connectionFrom({ DATABASE_PASSWORD: 'x' })).toEqual({
      host: 'database-server',
      port: 5432,
      database: 'nocodb',
      user: 'nocodb',
      password: 'x',
    });
  });

  it('takes the URL over the single variables', () => {
    const connection = connectionFrom({ DATABASE_URL: 'postgres://u:p@h:1/d', DATABASE_HOST: 'other' });
    expect(connection).toMatchObject({ host: 'h', port: 1, database: 'd', user: 'u', password: 'p' });
  });

  it('names a wrong URL and never prints it', () => {
    const parse = () => parseConfig(DumperConfig, { DATABASE_URL: 'mysql://u:hunter2@h/d' });
    expect(parse).toThrow(/DATABASE_URL: must look like postgres:/);
    expect(parse).toThrow(/^(?!.*hunter2)/s);
  });

  it('refuses what is no public key, or nothing at all, instead of leaving backups unencrypted', () => {
    const NAME = 'NOCODB_BACKUP_ENCRYPTION_RECIPIENTS';
    const secret = 'AGE-SECRET-KEY-1QQQ';
    for (const [value, reason] of [
      ['hunter2', 'recipient 1 is no public key'],
      [secret, 'recipient 1 is a secret key'],
      ['# later', 'no recipient'],
    ] as const) {
      const parse = () => parseConfig(DumperConfig, { [NAME]: value });
      expect(parse).toThrow(`${NAME}: ${reason}`);
      expect(parse).not.toThrow(value === '# later' ? '#' : value);
    }
  });
});

describe('a whole dump', () => {
  const collation = { provider: 'libc', collate: 'de', ctype: 'de', version: '2.31', actualVersion: '2.31' };
  const server = {
    versionNumber: 150_018,
    version: '15.18',
    major: 15,
    encoding: 'UTF8',
    collation,
    sizeBytes: 1,
  };
  const tables = [{ schema: 'public', name: 'a', rows: 1 }];
  const contents = { takenAt: '', server, extensions: [], schemas: [], tables };

  it('has no warnings when all is well, or when no version is recorded', () => {
    expect(dumpWarnings(contents)).toEqual([]);
    const unknown = { ...server, collation: { ...collation, version: null } };
    expect(dumpWarnings({ ...contents, server: unknown })).toEqual([]);
  });

  it('warns of a drifted collation, and of a database without tables', () => {
    const drifted = { ...server, collation: { ...collation, actualVersion: '2.36' } };
    expect(dumpWarnings({ ...contents, server: drifted, tables: [] })).toEqual([
      expect.stringMatching(/2\.31.*2\.36.*REINDEX/),
      expect.stringMatching(/no tables.*DATABASE_NAME/),
    ]);
  });
});
