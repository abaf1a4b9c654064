import type { LoggedSummary } from '@nocodb-backup/backup';
import { z } from 'zod';
import { columns } from '../model/entities.js';
import type { Rows, TableName } from '../model/rows.js';

const instant = z.iso.datetime();
const count = z.int().nonnegative();

const sorts = { text: z.string(), integer: z.int(), count, real: z.number(), flag: z.boolean(), instant };

/** A row as the API gives it: all columns of the table but those named. */
const rowOf = (name: TableName, replaced: z.ZodRawShape = {}): z.ZodObject =>
  z.strictObject({
    ...Object.fromEntries(
      Object.entries(columns[name] as Record<string, string>).map(([property, spelled]) => {
        const schema = sorts[spelled.replace(/[?!]$/, '') as keyof typeof sorts];
        return [property, spelled.endsWith('?') ? schema.nullable() : schema];
      }),
    ),
    ...replaced,
  });

const Part = z.strictObject({
  status: z.enum(['not requested', 'awaited', 'complete', 'partial', 'failed', 'timed-out']),
  bytes: count,
});

/** One backup, as `nocodb-backup list --json` prints it. */
export const Backup = z.strictObject({
  id: z.string(),
  verdict: z.enum(['running', 'overdue', 'complete', 'partial', 'failed', 'expired', 'deleted']),
  source: z.string(),
  trigger: z.string(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  requestedAt: instant,
  deadline: instant,
  endedAt: instant.nullable(),
  bytes: count,
  parts: z.strictObject({
    dump: Part.exactOptional(),
    files: Part.exactOptional(),
    export: Part.exactOptional(),
  }),
  tables: z.strictObject({ planned: count, exported: count, failed: count }),
  destinations: z.array(z.string()),
  pinned: z.strictObject({ by: z.string(), reason: z.string().nullable(), at: instant }).nullable(),
  expiredIn: z.array(z.string()),
  failures: z.array(z.string()),
  warnings: z.array(z.string()),
  verifiedAt: instant.nullable(),
  provenAt: instant.nullable(),
  damage: z.strictObject({ at: instant, findings: z.array(z.string()) }).nullable(),
  knownFrom: z.literal('log'),
  missingFrom: z.array(z.string()),
});
// What the domain sums up and what the document promises are the same, or this does not compile.
Backup satisfies z.ZodType<unknown, Mutable<LoggedSummary>>;

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

const Counts = z.record(z.string(), count);
export const Restore = rowOf('restores', { counts: Counts.nullable() });
export const Verification = rowOf('verifications', { findings: z.array(z.string()) });
export const Notification = rowOf('notifications');
export const Alert = rowOf('alerts');
export const EventOutside = rowOf('events');

/** One backup with all that belongs to it. */
export const BackupDetails = Backup.extend({
  details: z.strictObject({
    parts: z.array(rowOf('parts')),
    bases: z.array(rowOf('bases')),
    tables: z.array(rowOf('tables')),
  }),
  verifications: z.array(Verification),
  restores: z.array(Restore),
});

/** An event as it lies in the log. */
export const WholeEvent = z.strictObject({
  sequence: count,
  subject: z.string(),
  time: instant,
  known: z.boolean(),
  envelope: z.union([z.record(z.string(), z.unknown()), z.string()]),
});

/** How a table was in one backup. */
export const TablePoint = rowOf('tables', { requestedAt: instant, verdict: z.string() });

/** Where the catalog stands. */
export const Status = z.strictObject({
  state: z.enum(['starting', 'standby', 'rebuilding', 'following', 'failing', 'stopped']),
  trouble: z.string().nullable(),
  database: z.enum(['postgres', 'memory']),
  sequence: count,
  logSequence: count.nullable(),
  rebuilds: count,
});
export type Status = z.infer<typeof Status>;

/** What went wrong, after RFC 9457. */
export const ProblemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
});

const limit = z.coerce.number().int().min(1).max(1000);
const sequence = z.coerce.number().int().min(1);
const name = z.string().min(1).max(128);
const flag = z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] });

/** What may be asked for, by route. */
export const queries = {
  backups: z.strictObject({
    limit: limit.default(1000).describe('how many at most'),
    before: name.optional().describe('older than this id'),
    all: flag.default(false).describe('also those that are deleted'),
    source: name.optional(),
  }),
  events: z.strictObject({
    limit: limit.default(100),
    before: sequence.optional().describe('older than this sequence'),
    type: name.optional().describe('such as DumpFailed'),
    id: name.optional().describe('of a backup, a restore ...'),
  }),
  history: z.strictObject({
    limit: limit.default(1000),
    before: name.optional().describe('older than this backup'),
  }),
  restores: z.strictObject({ limit: limit.default(100), before: name.optional(), backup: name.optional() }),
  verifications: z.strictObject({ limit: limit.default(100), backup: name.optional() }),
  notifications: z.strictObject({ limit: limit.default(100), before: sequence.optional() }),
  alerts: z.strictObject({
    limit: limit.default(100),
    open: flag.default(false).describe('only those that are not over'),
  }),
  health: z.strictObject({
    maxAgeHours: z.coerce.number().positive().default(26).describe('how old the last good backup may be'),
  }),
};
export type Query<Name extends keyof typeof queries> = z.output<(typeof queries)[Name]>;

export const Id = name;
export const Sequence = sequence;
export type Row<Name extends TableName> = Rows[Name];
