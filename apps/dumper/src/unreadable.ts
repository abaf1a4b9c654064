import { PermanentError } from '@nocodb-backup/events';

/** The error of a data directory that this user may not read whole. */
export const unreadable = (directory: string, said: string, cause?: unknown): PermanentError =>
  new PermanentError(
    `not all of ${directory} can be read: ${said}. Let the user that this service runs as ` +
      `(uid ${String(process.geteuid?.())}) read it`,
    { cause },
  );
