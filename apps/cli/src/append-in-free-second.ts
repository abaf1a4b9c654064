import { backupIdOf, type Moment } from '@nocodb-backup/backup';
import type { Event } from '@nocodb-backup/events';
import type { EventLog } from '@nocodb-backup/messaging';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';

const patienceMs = 30_000;
const mostTries = 60;

/** What is requested, under an id that names an instant to the second. */
interface Request<Fact> {
  readonly noun:
    'backup' | 'restore' | 'pin' | 'unpin' | 'deletion' | 'download' | 'verification' | 'drill' | 'import';
  /** When it is wanted. */
  readonly instant: Date;
  readonly at: (instant: Date) => Fact;
}

/** Records a request; where that second's id is somebody else's, that of the next second. */
export const appendInFreeSecond = async <Fact extends Event>(
  log: EventLog,
  { noun, instant, at }: Request<Fact>,
  signal: AbortSignal,
): Promise<Fact & Moment> => {
  for (let tries = 0; tries < mostTries; tries++) {
    const second = new Date(wholeSecond(instant) + tries * 1000);
    if (await isTakenByOther(log, noun, second)) continue;
    const request = at(second);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const { mine, recorded } = await log.append(request, undefined, { signal: limit });
    if (mine) return { ...request, sequence: recorded.sequence, time: recorded.time };
  }
  throw new CliError(
    ExitCode.refused,
    `each of the next ${mostTries} seconds has a ${noun} of its own already; look what asks for them: nocodb-backup events --follow`,
  );
};

const wholeSecond = (instant: Date): number => Math.floor(instant.getTime() / 1000) * 1000;

/** The id of a restore is no backup's, so that `show <id>` knows what is meant. */
const isTakenByOther = (log: EventLog, noun: Request<unknown>['noun'], second: Date): Promise<boolean> =>
  noun === 'restore' ? log.holds(`evt.backup.${backupIdOf(second)}.BackupRequested`) : Promise.resolve(false);
