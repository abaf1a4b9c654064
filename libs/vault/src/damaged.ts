import { z } from 'zod';
import { DamageError } from './damage-error.js';
import { codeOf } from './disk-error.js';

/** The error for bytes of a backup that are not what they must be; any other error as it is, since another try may help. */
export const unreadable = (error: unknown, backupId: string, path: string): unknown => {
  const reason = damageOf(error);
  if (reason === undefined) return error;
  return new DamageError(
    `${path} of backup ${backupId} is damaged: ${reason}. Use another backup: nocodb-backup list`,
    { cause: error },
  );
};

/** What is wrong with the bytes, or undefined for an error that says nothing of them. */
export const damageOf = (error: unknown): string | undefined => {
  if (error instanceof z.ZodError) return z.prettifyError(error).split('\n').slice(0, 3).join(' ');
  if (error instanceof SyntaxError) return `it is no JSON (${error.message})`;
  if (codeOf(error)?.startsWith('Z_')) return `the archive is not whole (${(error as Error).message})`;
  return undefined;
};
