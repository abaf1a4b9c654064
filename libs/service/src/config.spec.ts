import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { flag, integer, parseConfig } from './config.js';
import { environment } from './environment.js';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const secretFile = join(folder, 'secret');
writeFileSync(secretFile, 'from a file\n');

const schema = z.object({
  PASSWORD: z.string(),
  PORT: integer(1, 65535, 5432),
  ENABLED: flag(true),
  MODE: z.enum(['cron', 'interval']).default('cron'),
});
const problemsOf = (env: Record<string, string>): string => {
  try {
    parseConfig(schema, env);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the configuration', () => {
  it('fills in the defaults', () => {
    expect(parseConfig(schema, { PASSWORD: 'x' })).toEqual({
      PASSWORD: 'x',
      PORT: 5432,
      ENABLED: true,
      MODE: 'cron',
    });
  });

  it('takes an empty value for one that is not set', () => {
    expect(parseConfig(schema, { PASSWORD: 'x', PORT: '', ENABLED: '' })).toMatchObject({
      PORT: 5432,
      ENABLED: true,
    });
  });

  it.each([
    ['yes', true],
    ['1', true],
    ['False', false],
    ['off', false],
  ])('reads %j as %j', (ENABLED, expected) => {
    expect(parseConfig(schema, { PASSWORD: 'x', ENABLED })).toMatchObject({ ENABLED: expected });
  });

  it('reads any variable from the file that <NAME>_FILE names', () => {
    expect(parseConfig(schema, { PASSWORD_FILE: secretFile })).toMatchObject({ PASSWORD: 'from a file' });
  });

  it('refuses a variable that comes both ways', () => {
    expect(problemsOf({ PASSWORD: 'x', PASSWORD_FILE: secretFile })).toContain(
      'PASSWORD and PASSWORD_FILE are both set',
    );
  });

  it('names every wrong variable at once', () => {
    const message = problemsOf({ PORT: 'http', ENABLED: 'maybe', MODE: 'weekly' });
    for (const name of ['PASSWORD: is not set', 'PORT: ', 'ENABLED: ', 'MODE: '])
      expect(message).toContain(name);
  });

  it('prints no value', () => {
    const message = problemsOf({
      PASSWORD_FILE: join(folder, 'none'),
      PORT: 's3cret',
      ENABLED: 's3cret',
      MODE: 's3cret',
    });
    expect(message).toContain('PASSWORD_FILE names a file that cannot be read');
    expect(message).not.toContain('s3cret');
  });
});

describe('the environment', () => {
  it('reads .env, and the process comes before it', () => {
    writeFileSync(join(folder, '.env'), 'A=from the file\nB="two words" # a note\n');
    expect(environment({ A: 'from the process' }, folder)).toEqual({ A: 'from the process', B: 'two words' });
  });

  it('does without .env', () => {
    expect(environment({ A: 'a' }, join(folder, 'nowhere'))).toEqual({ A: 'a' });
  });
});
