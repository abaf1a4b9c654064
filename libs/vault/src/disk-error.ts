import { statfs } from 'node:fs/promises';
import { PermanentError } from '@nocodb-backup/events';

/** Thrown when the disk, or the quota, of the vault is used up. Another attempt helps once there is room. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const REFUSED: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS'];

export interface FailedWrite {
  readonly root: string;
  readonly target: string;
  readonly written: number;
}

/** The error of a failed write in the words of the person who has to mend it. */
export const writeError = async (
  error: unknown,
  { root, target, written }: FailedWrite,
): Promise<unknown> => {
  const code = codeOf(error);
  if (FULL.includes(code)) {
    const free = await freeBytes(root).catch(() => 0);
    return new DiskFullError(
      `no space left in the backup directory ${root} (${String(code)}): ${written} bytes of ${target} were written and removed ` +
        `again, ${free} bytes are free now. Free space there or make the disk larger; keeping fewer backups helps too`,
      { cause: error },
    );
  }
  if (REFUSED.includes(code)) {
    return new PermanentError(
      `${target} cannot be written (${String(code)}): let the user that this service runs as ` +
        `(uid ${String(process.getuid?.())}) write to ${root}`,
      { cause: error },
    );
  }
  if (code === 'ENAMETOOLONG')
    return new PermanentError(`the file system takes no name as long as that of ${target}`, { cause: error });
  return error;
};

/** The `code` of a system error, undefined for any other. */
export const codeOf = (error: unknown): string | undefined => {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
};

/** Bytes that this user may still write to the file system of `root`. */
export const freeBytes = async (root: string): Promise<number> => {
  const { bavail, bsize } = await statfs(root);
  return bavail * bsize;
};
