import type { RestoreRequested } from '@nocodb-backup/events';
import { RefusedError } from './refused-error.js';

/** Throws a RefusedError for a request that nobody began in its time: who asked may have gone, or have done it otherwise. */
export const checkStillWanted = ({ notAfter }: RestoreRequested['data'], now: Date): void => {
  if (notAfter === undefined || now <= new Date(notAfter)) return;
  throw new RefusedError(
    `the restore was to begin before ${notAfter}, and no restorer ran until then. Nothing was touched; ask for it again if it is still wanted`,
  );
};
