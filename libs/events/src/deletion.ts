import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Destination, Failure, Warning } from './vocabulary.js';

const event = stream('backup', 'backupId');
const count = z.int().nonnegative();
const by = z.string().max(200);
const reason = z.string().max(500).optional();

export const BackupPinned = event(
  'BackupPinned',
  { by: 'cli', key: 'n', meaning: 'somebody wants the backup kept: retention leaves it alone' },
  { n: Token, by, reason },
);
export type BackupPinned = EventOf<typeof BackupPinned>;

export const BackupUnpinned = event(
  'BackupUnpinned',
  { by: 'cli', key: 'n', meaning: 'the backup is kept as long as the rules of retention say, as any other' },
  { n: Token, by, reason },
);
export type BackupUnpinned = EventOf<typeof BackupUnpinned>;

/** The rules by which a backup was judged; 0 = there was no such rule. */
export const RetentionFigures = z.strictObject({
  count,
  days: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  incompleteDays: count,
  zone: z.string().max(100),
});

export const BackupExpired = event(
  'BackupExpired',
  {
    by: ['scheduler', 'cli'],
    key: 'destination',
    meaning:
      'no rule of retention keeps the backup in this destination any longer, and why; it is to be deleted there',
  },
  {
    destination: Destination,
    reasons: z.array(z.string().max(500)).min(1).max(20),
    policy: RetentionFigures,
  },
);
export type BackupExpired = EventOf<typeof BackupExpired>;

/** Its answer has the same `n`; the answer to `BackupExpired` has its destination for `n`. */
export const DeletionRequested = event(
  'DeletionRequested',
  {
    by: ['cli', 'scheduler'],
    key: 'n',
    meaning:
      'somebody wants the backup deleted in a destination, or retention tries again what failed before',
  },
  {
    n: Token,
    destination: Destination,
    requestedBy: by,
    /** Also the last good backup, and a pinned one. */
    force: z.boolean(),
    reason,
  },
);
export type DeletionRequested = EventOf<typeof DeletionRequested>;

export const DeletionRefused = event(
  'DeletionRefused',
  {
    by: 'uploader',
    key: 'n',
    meaning: 'the backup is being made, is the last good one, or is pinned: nothing was touched',
  },
  { n: Token, destination: Destination, reason: z.string().max(4000) },
);
export type DeletionRefused = EventOf<typeof DeletionRefused>;

export const BackupDeleted = event(
  'BackupDeleted',
  { by: 'uploader', key: 'n', meaning: 'nothing of the backup is left in the destination' },
  {
    n: Token,
    destination: Destination,
    /** What the last attempt still found, and removed. */
    files: count,
    bytes: count,
    warnings: z.array(Warning).max(100),
  },
);
export type BackupDeleted = EventOf<typeof BackupDeleted>;

export const DeletionFailed = event(
  'DeletionFailed',
  {
    by: 'uploader',
    key: 'n',
    meaning:
      'the destination did not let the backup go, such as a locked object; retention tries again every day',
  },
  { n: Token, destination: Destination, failure: Failure },
);
export type DeletionFailed = EventOf<typeof DeletionFailed>;
