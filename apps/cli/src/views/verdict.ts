import type { RestoreVerdict, Verdict } from '@nocodb-backup/backup';
import type { Colors } from 'picocolors/types.js';

type Paint = 'green' | 'yellow' | 'red' | 'cyan' | 'dim';

const paints: Readonly<Record<string, Paint>> = {
  complete: 'green',
  completed: 'green',
  planned: 'cyan',
  ok: 'green',
  partial: 'yellow',
  warn: 'yellow',
  awaited: 'cyan',
  running: 'cyan',
  expired: 'dim',
  deleted: 'dim',
  'not requested': 'dim',
} satisfies Partial<Record<Verdict | RestoreVerdict, Paint>> & Record<string, Paint>;

/** A verdict or a status in its colour; what is not known to be fine is red. */
export const painted = (status: string, colors: Colors): string => colors[paints[status] ?? 'red'](status);
