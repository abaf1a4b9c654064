import { type Backup, type BackupFact, evolve, hasEnded, type Moment } from '@nocodb-backup/backup';
import type { BackupRequested } from '@nocodb-backup/events';
import type { OpenLog } from '../open-log.js';
import { type Watch, watch } from '../watch.js';
import { figuresAtWork } from './figures-at-work.js';

interface Options extends Omit<Watch<Backup, BackupFact>, 'unattended'> {
  /** How long after the deadline to give up, in milliseconds: the scheduler declares it, and the uploader still writes the manifest. */
  readonly graceMs: number;
}

/** Follows a backup until it has ended, its deadline has passed, or the signal aborts; answers what is known of it by then. */
export const watchBackup = (
  open: OpenLog,
  { data: { backupId: id, deadline }, sequence: from }: BackupRequested & Moment,
  { graceMs, ...options }: Options,
): Promise<Backup | undefined> => {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(msUntil(deadline, graceMs))]);
  const watched = {
    stream: 'backup',
    id,
    from,
    evolve,
    hasEnded,
    isUntouched,
    atWork: figuresAtWork,
  } as const;
  return watch(open, watched, { ...options, signal, unattended });
};

/** No timer can wait for longer: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

const msUntil = (deadline: string, graceMs: number): number =>
  Math.min(Math.max(0, new Date(deadline).getTime() - Date.now()) + graceMs, LONGEST_MS);

const isUntouched = ({ dump, files, plan, export: exported, ending }: Backup): boolean =>
  [dump, files, exported].every(({ state }) => state === 'awaited') && !plan && !ending;

const unattended =
  'Nobody has taken up the backup yet: no services seem to run. Start them with: nocodb-backup up\n' +
  'The request stands and will be done as soon as they run; still waiting (Ctrl-C detaches).';
