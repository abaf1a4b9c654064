import { type Backup, type BackupFact, evolve, hasEnded } from '@nocodb-backup/backup';
import { watchProgress } from '@nocodb-backup/messaging';
import type { OpenLog } from '../open-log.js';
import type { Figures } from '../views/progress-lines.js';
import type { Display } from './display.js';
import { figuresAtWork } from './figures-at-work.js';

interface Watch {
  readonly display: Display;
  readonly signal: AbortSignal;
  /** How long a request may go unanswered before the person is told that no services seem to run, in milliseconds. */
  readonly unattendedMs: number;
  /** How long after the deadline to give up, in milliseconds: the scheduler declares it, and the uploader still writes the manifest. */
  readonly graceMs: number;
}

/** Follows a backup until it has ended, its deadline has passed, or the signal aborts; answers what is known of it by then. */
export const watchBackup = async (
  { log, connection }: OpenLog,
  request: Extract<BackupFact, { type: 'BackupRequested' }>,
  { display, signal, unattendedMs, graceMs }: Watch,
): Promise<Backup | undefined> => {
  const { backupId: id, deadline } = request.data;
  const done = new AbortController();
  const over = AbortSignal.any([signal, done.signal, AbortSignal.timeout(msUntil(deadline, graceMs))]);
  const figures = new Map<string, Figures>();
  let backup: Backup | undefined;
  const clock = ticking({ display, unattendedMs }, () => {
    return { backup, figures, isConnected: connection.connected };
  });
  const progress = noting(watchProgress(connection, { stream: 'backup', id, signal: over }), figures);
  try {
    for await (const recorded of log.follow(`evt.backup.${id}.>`, { from: request.sequence, signal: over })) {
      const fact = recorded as unknown as BackupFact;
      backup = evolve(backup, fact);
      display.happened(fact, backup?.plan);
      if (backup && hasEnded(backup)) return backup;
    }
    return backup;
  } finally {
    clock.stop();
    done.abort();
    await progress;
    display.end();
  }
};

/** No timer can wait for longer: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

const msUntil = (deadline: string, graceMs: number): number =>
  Math.min(Math.max(0, new Date(deadline).getTime() - Date.now()) + graceMs, LONGEST_MS);

const noting = async (
  progress: ReturnType<typeof watchProgress>,
  figures: Map<string, Figures>,
): Promise<void> => {
  for await (const { part, figures: current } of progress) figures.set(part, current);
};

interface State {
  readonly backup: Backup | undefined;
  readonly figures: ReadonlyMap<string, Figures>;
  readonly isConnected: boolean;
}

/** Draws in the display's rhythm, and says so when the log is gone or nobody takes the request. */
const ticking = (
  { display, unattendedMs }: Pick<Watch, 'display' | 'unattendedMs'>,
  state: () => State,
): { stop(): void } => {
  let wasConnected = true;
  const drawing = setInterval(() => {
    const { backup, figures, isConnected } = state();
    if (isConnected !== wasConnected) display.remark(isConnected ? backAgain : gone);
    wasConnected = isConnected;
    if (backup) display.draw({ backup, figures: figuresAtWork(figures, backup) });
  }, display.everyMs);
  const waiting = setTimeout(() => {
    const { backup, figures, isConnected } = state();
    if (isConnected && figures.size === 0 && (!backup || isUntouched(backup))) display.remark(unattended);
  }, unattendedMs);
  return {
    stop: () => {
      clearInterval(drawing);
      clearTimeout(waiting);
    },
  };
};

const gone = 'The event log does not answer; waiting for it. What is recorded stays recorded.';
const backAgain = 'The event log answers again.';

/** Nothing has been recorded but the request itself. */
const isUntouched = ({ dump, files, plan, export: exported, ending }: Backup): boolean =>
  [dump, files, exported].every(({ state }) => state === 'awaited') && !plan && !ending;

const unattended =
  'Nobody has taken up the backup yet: no services seem to run. Start them with: nocodb-backup up\n' +
  'The request stands and will be done as soon as they run; still waiting (Ctrl-C detaches).';
