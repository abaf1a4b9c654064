import { evolveRestore, type Moment, type Restore, type RestoreFact } from '@nocodb-backup/backup';
import type { RestoreRequested } from '@nocodb-backup/events';
import type { FiguresAtWork } from '../display.js';
import type { OpenLog } from '../open-log.js';
import { type Watch, watch } from '../watch.js';

/** Follows a restore until it has ended (a plan: until it is made) or the signal aborts; answers what is known of it by then. */
export const watchRestore = (
  open: OpenLog,
  { data, sequence: from }: RestoreRequested & Moment,
  options: Omit<Watch<Restore, RestoreFact>, 'unattended'>,
): Promise<Restore | undefined> => {
  const watched = {
    stream: 'restore',
    id: data.restoreId,
    from,
    evolve: evolveRestore,
    hasEnded,
    isUntouched,
    atWork: lastWork,
  } as const;
  return watch(open, watched, { ...options, unattended: data.planOnly ? planUnattended : unattended(data) });
};

const hasEnded = ({ ending, plan, request }: Restore): boolean =>
  ending !== undefined || (request.planOnly && plan !== undefined);

const isUntouched = ({ plan, ending }: Restore): boolean => !plan && !ending;

/** A restore does one thing after another: what was told of last goes on, unless it is done. */
const lastWork = (figures: FiguresAtWork, { steps }: Restore): FiguresAtWork => {
  const last = [...figures].at(-1);
  return new Map(last && !steps.has(last[0]) ? [last] : []);
};

const whoIsAsked =
  'either no restorer runs (start the services with: nocodb-backup up), or it is busy with another restore';

const planUnattended = `Nobody has looked at it yet: ${whoIsAsked}. Still waiting (Ctrl-C ends it; nothing is touched).`;

const unattended = ({ restoreId }: RestoreRequested['data']): string =>
  [
    `Nobody has taken up the restore yet: ${whoIsAsked}.`,
    'The request stands and will be done as soon as it is taken up; still waiting (Ctrl-C detaches).',
    `To withdraw it before that: nocodb-backup publish RestoreRefused --data '${JSON.stringify({ restoreId, reason: 'withdrawn' })}'`,
  ].join('\n');
