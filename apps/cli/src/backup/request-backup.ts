import { type BackupContent, type BackupFact, backupRequest, type Occasion } from '@nocodb-backup/backup';
import type { EventLog } from '@nocodb-backup/messaging';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

const patienceMs = 30_000;
const mostTries = 60;

/** Records the request; where that second's backup is somebody else's, that of the next second. */
export const requestBackup = async (
  log: EventLog,
  content: BackupContent,
  occasion: Occasion,
  signal: AbortSignal,
): Promise<Extract<BackupFact, { type: 'BackupRequested' }>> => {
  for (let tries = 0; tries < mostTries; tries++) {
    const instant = new Date(wholeSecond(occasion.instant) + tries * 1000);
    const request = backupRequest(content, { ...occasion, instant });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const { mine, recorded } = await log.append(request, undefined, { signal: limit });
    if (mine) return { ...request, sequence: recorded.sequence, time: recorded.time };
  }
  throw new CliError(
    ExitCode.refused,
    `each of the next ${mostTries} seconds has a backup of its own already; look what asks for them: nocodb-backup list`,
  );
};

const wholeSecond = (instant: Date): number => Math.floor(instant.getTime() / 1000) * 1000;
