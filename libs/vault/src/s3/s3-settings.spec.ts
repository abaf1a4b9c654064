import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { s3ConnectionOf, s3Problems, S3Settings } from './s3-settings.js';

const Settings = S3Settings.extend({
  NOCODB_BACKUP_STAGING: z.enum(['local', 's3']).default('local'),
  NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: z.boolean().default(false),
}).superRefine(s3Problems);
const problems = (settings: object) => {
  const { error } = Settings.safeParse(settings);
  return error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
};
const bucket = { NOCODB_BACKUP_S3_BUCKET: 'mine' };

describe('the variables of a bucket', () => {
  it('name none unless they name one', () => {
    expect(problems({})).toEqual([]);
    expect(s3ConnectionOf(S3Settings.parse({}))).toBeUndefined();
  });

  it('mean the sources of the SDK where there is no key, and never half a pair', () => {
    expect(s3ConnectionOf(S3Settings.parse(bucket))).toMatchObject({ bucket: 'mine', keys: undefined });
    expect(problems({ ...bucket, NOCODB_BACKUP_S3_ACCESS_KEY: 'A' })).toEqual([
      'NOCODB_BACKUP_S3_SECRET_KEY must be set, too: the keys come as a pair',
    ]);
  });

  it('must name one for what makes no sense without', () => {
    expect(problems({ NOCODB_BACKUP_STAGING: 's3' })).toEqual([
      'NOCODB_BACKUP_S3_BUCKET must be set for NOCODB_BACKUP_STAGING=s3',
    ]);
    expect(problems({ NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3: true })).toEqual([
      'NOCODB_BACKUP_S3_BUCKET must be set for NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3=true',
    ]);
    expect(problems({ ...bucket, NOCODB_BACKUP_STAGING: 's3' })).toEqual([]);
  });

  it('may end the prefix with a slash, and not begin it with one', () => {
    const prefixed = (prefix: string) => ({ ...bucket, NOCODB_BACKUP_S3_PREFIX: prefix });
    expect(s3ConnectionOf(S3Settings.parse(prefixed('a/b/')))?.prefix).toBe('a/b');
    expect(problems(prefixed('/a'))).toHaveLength(1);
  });
});
