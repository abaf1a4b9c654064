import type { Backup } from './backup.js';

/** What can be said of a backup: there is only this one place that says it. */
export type Verdict = 'running' | 'overdue' | 'complete' | 'partial' | 'failed';

/** Judges a backup by its facts; only a sealed manifest makes it `complete` or `partial`. */
export const verdictOf = ({ ending, request }: Backup, now: Date): Verdict => {
  if (ending?.state === 'sealed') return ending.data.status;
  if (ending?.state === 'not sealed') return 'failed';
  return now > new Date(request.deadline) ? 'overdue' : 'running';
};

/** Nothing more will be done for it. */
export const hasEnded = ({ ending }: Backup): boolean => ending !== undefined;
