import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Failure, Warning } from './vocabulary.js';

const event = stream('restore', 'restoreId');
const count = z.int().nonnegative();
const warnings = z.array(Warning).max(100);

/** What is put back: the database, the data directory, or over the REST API definitions, records, attached files. */
export const RestoreKind = z.enum(['dump', 'files', 'schema', 'records', 'attachments']);
export type RestoreKind = z.infer<typeof RestoreKind>;

/** A base and a table of the backup, by title or id; without them all. */
export const RestoreScope = z.strictObject({
  base: z.string().max(255).optional(),
  table: z.string().max(255).optional(),
});
export type RestoreScope = z.infer<typeof RestoreScope>;

const no = z.boolean().default(false);

/** Each kind of restore knows some of these; the others mean nothing to it. */
export const RestoreOptions = z.strictObject({
  /** dump: the database that is made or replaced, where it is not DATABASE_NAME. */
  into: z.string().min(1).max(63).optional(),
  /** What a restore refuses by itself: dump disconnects NocoDB, files are replaced while it runs. */
  force: no,
  /** dump, files: remove what was there instead of keeping it aside. */
  dropOld: no,
  /** schema: leave tables that are there as they are. */
  skipExisting: no,
  /** schema: webhooks are active as they were; without it they are made inactive. */
  activateHooks: no,
  /** records: put the attached files back, too. */
  withAttachments: no,
  /** records: append them all as new records with new ids. */
  newIds: no,
  /** records: put back those whose id is not there; the others stay as they are. */
  missing: no,
});
export type RestoreOptions = z.output<typeof RestoreOptions>;

export const RestoreRequested = event(
  'RestoreRequested',
  { by: 'cli', meaning: 'somebody wants something of a backup back, or to know what that would do' },
  {
    backupId: Token,
    source: Token,
    kind: RestoreKind,
    scope: RestoreScope,
    options: RestoreOptions,
    /** Nothing is touched: the restore ends with its plan. */
    planOnly: z.boolean(),
    /** A restorer that comes to it later refuses: nobody shall be surprised by what was asked for days ago. */
    notAfter: z.iso.datetime().optional(),
    requestedBy: z.string().max(200),
  },
);
export type RestoreRequested = EventOf<typeof RestoreRequested>;

/** One thing to do, and how its place looked before anything was touched: a later attempt must not take its own work for the user's. */
export const PlannedStep = z.strictObject({
  key: Token,
  /** What it is about, as people know it: `"Orders" of base "CRM"`. */
  title: z.string().max(300),
  /** What will be done to it, such as `insert 1,240 records with their ids`. */
  action: z.string().max(300),
  /** Its id on the target, null where it is not there yet. */
  target: z.string().max(128).nullable(),
  /** How many records were there already; null where that means nothing. */
  existing: count.nullable(),
});
export type PlannedStep = z.infer<typeof PlannedStep>;

export const RestorePlanned = event(
  'RestorePlanned',
  { by: 'restorer', meaning: 'backup and target were looked at; what is to be done, step by step' },
  { steps: z.array(PlannedStep), warnings },
);
export type RestorePlanned = EventOf<typeof RestorePlanned>;

/** Things of one sort that were not put back, for one reason. */
export const LeftOut = z.strictObject({
  /** Such as `records of "Orders"`, `view "Board" of "Orders"`. */
  what: z.string().max(300),
  reason: z.string().max(1000),
  count: count.positive(),
  /** Which of them, such as record ids: as many as fit. */
  examples: z.array(z.string().max(200)).max(50),
});
export type LeftOut = z.infer<typeof LeftOut>;

const leftOut = z.array(LeftOut).max(100);

export const RestoreStepCompleted = event(
  'RestoreStepCompleted',
  { by: 'restorer', key: 'key', meaning: 'one step of a restore is done; it is not done again' },
  {
    key: Token,
    /** The id of what was made or filled on the target. */
    target: z.string().max(128).nullable(),
    /** What was put back, such as `{ records: 1240, links: 88 }`. */
    counts: z.record(z.string().max(50), count),
    leftOut,
    warnings,
    seconds: z.number().nonnegative(),
  },
);
export type RestoreStepCompleted = EventOf<typeof RestoreStepCompleted>;

export const RestoreCompleted = event(
  'RestoreCompleted',
  { by: 'restorer', meaning: 'every step was done; what was left out, and what to do next' },
  {
    /** Sums of the steps. */
    counts: z.record(z.string().max(50), count),
    /** Things of the backup that were not put back; the steps name them. 0 = everything is back. */
    leftOutCount: count,
    warnings,
    /** What a person does next, a sentence each. */
    next: z.array(z.string().max(500)).max(20),
  },
);
export type RestoreCompleted = EventOf<typeof RestoreCompleted>;

export const RestoreFailed = event(
  'RestoreFailed',
  { by: 'restorer', meaning: 'no attempt could finish the restore; what is left behind' },
  { failure: Failure },
);
export type RestoreFailed = EventOf<typeof RestoreFailed>;

export const RestoreRefused = event(
  'RestoreRefused',
  { by: 'restorer', meaning: 'the restore would do harm, or cannot be meant: nothing was touched' },
  { reason: z.string().max(4000) },
);
export type RestoreRefused = EventOf<typeof RestoreRefused>;
