import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { DiskFullError, writeError } from './disk-error.js';

const failed = (code: string) =>
  writeError(Object.assign(new Error(code), { code }), {
    root: tmpdir(),
    target: '/backups/x/database.sql.gz',
    written: 42,
  });

describe('a failed write', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('for want of space (%s) may succeed later', async (code) => {
    expect(await failed(code)).toBeInstanceOf(DiskFullError);
    expect(String(await failed(code))).toMatch(/42 bytes of .*database\.sql\.gz .*Free space there/);
  });

  it.each(['EACCES', 'EROFS', 'EPERM'])('for want of permission (%s) tells whom to let in', async (code) => {
    expect(await failed(code)).toBeInstanceOf(PermanentError);
    expect(String(await failed(code))).toMatch(/let the user that this service runs as \(uid \d+\)/);
  });

  it('of another kind stays what it is', async () => {
    expect(await failed('EIO')).toMatchObject({ message: 'EIO', code: 'EIO' });
  });
});
