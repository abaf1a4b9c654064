import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Failure, Trigger, Warning } from './vocabulary.js';

const event = stream('backup', 'backupId');
const count = z.int().nonnegative();
const warnings = z.array(Warning).max(100);

/** Names one verification of its backup, by the instant that it was wanted for: `2026-11-22_05-15-00`. */
const N = Token.max(40);

/** `verify`: every stored byte is read again. `drill`: the dump is restored into a scratch database. */
export const VerificationKind = z.enum(['verify', 'drill']);
export type VerificationKind = z.infer<typeof VerificationKind>;

/** The share of the attached files that is read; everything else of a backup always is. */
export const Sample = z.union([z.number().gt(0).lt(1), z.literal('full')]);
export type Sample = z.infer<typeof Sample>;

export const VerificationRequested = event(
  'VerificationRequested',
  {
    by: ['scheduler', 'cli'],
    key: 'n',
    meaning: 'somebody, or the schedule, wants to know whether the backup is whole, or can be restored',
  },
  {
    n: N,
    kind: VerificationKind,
    sample: Sample,
    requestedBy: z.string().max(200),
    trigger: Trigger,
  },
);
export type VerificationRequested = EventOf<typeof VerificationRequested>;

export const Verified = event(
  'Verified',
  {
    by: 'restorer',
    key: 'n',
    meaning: 'the backup is as it was stored, or was restored on trial: nothing is wrong',
  },
  {
    n: N,
    kind: VerificationKind,
    sample: Sample,
    /** Where it was read. */
    destinations: z.array(z.string()).min(1),
    /** Stored files that were read, in all destinations together. */
    files: count,
    bytes: count,
    /** Whose rows were counted. */
    tables: count,
    rows: count,
    seconds: z.number().nonnegative(),
    warnings,
  },
);
export type Verified = EventOf<typeof Verified>;

export const VerificationFailed = event(
  'VerificationFailed',
  {
    by: 'restorer',
    key: 'n',
    meaning:
      'the backup is damaged, or cannot be restored (findings); or it could not be looked at (failure alone)',
  },
  {
    n: N,
    kind: VerificationKind,
    /** What is wrong with the backup, a sentence each; none where nothing is known of it. */
    findings: z.array(z.string().max(1000)).max(100),
    /** Why it could not be looked at, or not everywhere. */
    failure: Failure.optional(),
  },
);
export type VerificationFailed = EventOf<typeof VerificationFailed>;
