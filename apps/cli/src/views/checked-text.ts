import type { CheckSummary } from '@nocodb-backup/backup';
import type { Colors } from 'picocolors/types.js';

/** What verifications and drills last said of a backup: `verified 2026-11-22`, `DAMAGED 2026-11-22`; empty where none has. */
export const checkedText = ({ verifiedAt, provenAt, damage }: CheckSummary, colors: Colors): string => {
  if (damage) return colors.red(`DAMAGED ${dayOf(damage.at)}`);
  const words = [
    ...(provenAt === null ? [] : [`proven ${dayOf(provenAt)}`]),
    ...(verifiedAt === null ? [] : [`verified ${dayOf(verifiedAt)}`]),
  ];
  return colors.green(words.join(', '));
};

const dayOf = (time: string): string => time.slice(0, 10);
