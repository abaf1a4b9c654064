import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import {
  Artifact,
  ArtifactPath,
  Attempt,
  Codec,
  ContentHash,
  Failure,
  Part,
  Recipients,
  Trigger,
  Warning,
} from './vocabulary.js';

const event = stream('backup', 'backupId');
const count = z.int().nonnegative();
const warnings = z.array(Warning).max(100);

export const BackupRequested = event(
  'BackupRequested',
  {
    by: ['scheduler', 'cli'],
    meaning: 'somebody, or the schedule, wants a backup: the parts, the options, the deadline',
  },
  {
    source: Token,
    parts: z.array(Part).min(1),
    records: z.boolean(),
    attachments: z.boolean(),
    trigger: Trigger,
    requestedBy: z.string().max(200),
    reason: z.string().max(500).optional(),
    deadline: z.iso.datetime(),
  },
);
export type BackupRequested = EventOf<typeof BackupRequested>;

export const DumpCompleted = event(
  'DumpCompleted',
  { by: 'dumper', meaning: 'the PostgreSQL dump is whole: exit code, end marker and digest were checked' },
  {
    attempt: Attempt,
    artifacts: z.array(Artifact),
    serverVersion: z.string(),
    clientVersion: z.string(),
    /** Uncompressed bytes of the SQL text. */
    sqlBytes: count,
    codec: Codec.optional(),
    tables: count,
    rows: count,
    collation: z.strictObject({
      provider: z.string(),
      collate: z.string(),
      ctype: z.string(),
      version: z.string().nullable(),
    }),
    seconds: z.number().nonnegative(),
    warnings,
    recipients: Recipients.optional(),
  },
);
export type DumpCompleted = EventOf<typeof DumpCompleted>;

export const DumpFailed = event(
  'DumpFailed',
  { by: 'dumper', meaning: 'no attempt gave a whole dump' },
  { failure: Failure },
);
export type DumpFailed = EventOf<typeof DumpFailed>;

export const FilesArchived = event(
  'FilesArchived',
  { by: 'dumper', meaning: 'the data directory is archived whole' },
  {
    attempt: Attempt,
    artifacts: z.array(Artifact),
    files: count,
    /** Uncompressed bytes of the tar archive. */
    tarBytes: count,
    codec: Codec.optional(),
    seconds: z.number().nonnegative(),
    warnings,
    recipients: Recipients.optional(),
  },
);
export type FilesArchived = EventOf<typeof FilesArchived>;

export const FilesArchiveFailed = event(
  'FilesArchiveFailed',
  { by: 'dumper', meaning: 'no attempt archived the data directory' },
  { failure: Failure },
);
export type FilesArchiveFailed = EventOf<typeof FilesArchiveFailed>;

/** A table as the plan found it; `folder` is where its artifacts go, unique within the backup. */
export const PlannedTable = z.strictObject({
  tableId: Token,
  baseId: Token,
  title: z.string(),
  folder: ArtifactPath,
});
export type PlannedTable = z.infer<typeof PlannedTable>;

export const PlannedBase = z.strictObject({ baseId: Token, title: z.string(), folder: ArtifactPath });
export type PlannedBase = z.infer<typeof PlannedBase>;

export const ExportPlanned = event(
  'ExportPlanned',
  { by: 'exporter', meaning: 'which bases and tables NocoDB has, and where each one goes' },
  {
    attempt: Attempt,
    /** The bases' `metadata.json`. */
    artifacts: z.array(Artifact),
    nocodbVersion: z.string().nullable(),
    bases: z.array(PlannedBase),
    tables: z.array(PlannedTable),
    warnings,
    recipients: Recipients.optional(),
  },
);
export type ExportPlanned = EventOf<typeof ExportPlanned>;

export const TableExportRequested = event(
  'TableExportRequested',
  { by: 'exporter', key: 'tableId', meaning: 'one planned table waits for an exporter' },
  { ...PlannedTable.shape, records: z.boolean(), attachments: z.boolean() },
);
export type TableExportRequested = EventOf<typeof TableExportRequested>;

export const TableExported = event(
  'TableExported',
  {
    by: 'exporter',
    key: 'tableId',
    meaning: 'one table is exported and its records were counted against the server',
  },
  {
    tableId: Token,
    attempt: Attempt,
    artifacts: z.array(Artifact),
    records: count,
    links: count,
    attachments: z.strictObject({
      /** Which of the artifacts lists the files: they are too many for a fact. */
      index: ArtifactPath.nullable(),
      files: count,
      bytes: count,
      /** Files that the records name and the server did not give: the table is exported in part. */
      missing: z.array(z.string().max(500)).max(100),
      missingCount: count,
    }),
    /** Of records and links, equal for equal content however it is stored. Absent without records, and in facts of earlier versions. */
    contentHash: ContentHash.optional(),
    seconds: z.number().nonnegative(),
    warnings,
    recipients: Recipients.optional(),
  },
);
export type TableExported = EventOf<typeof TableExported>;

export const TableExportFailed = event(
  'TableExportFailed',
  { by: 'exporter', key: 'tableId', meaning: 'no attempt exported the table whole' },
  { tableId: Token, failure: Failure },
);
export type TableExportFailed = EventOf<typeof TableExportFailed>;

export const ExportCompleted = event(
  'ExportCompleted',
  { by: 'exporter', meaning: 'every planned table has settled; the totals' },
  {
    tables: z.strictObject({ planned: count, exported: count, failed: count }),
    records: count,
    links: count,
    attachments: z.strictObject({ files: count, bytes: count, missing: count }),
  },
);
export type ExportCompleted = EventOf<typeof ExportCompleted>;

export const ExportFailed = event(
  'ExportFailed',
  { by: 'exporter', meaning: 'the export could not be planned: a wrong token, no answer' },
  { failure: Failure },
);
export type ExportFailed = EventOf<typeof ExportFailed>;

export const Uploaded = event(
  'Uploaded',
  {
    by: 'uploader',
    meaning: 'the manifest is written: the bytes are safe in the destinations',
    upcasts: [(data) => ({ ...data, missingDestinations: [] })],
  },
  {
    manifest: Artifact,
    status: z.enum(['complete', 'partial']),
    /** Where it is whole, such as `local` and `s3`. */
    destinations: z.array(z.string()),
    /** Where it was wanted, too, and is not. */
    missingDestinations: z
      .array(z.strictObject({ destination: z.string(), reason: z.string().max(4000) }))
      .default([]),
    files: count,
    bytes: count,
  },
);
export type Uploaded = EventOf<typeof Uploaded>;

export const UploadFailed = event(
  'UploadFailed',
  {
    by: 'uploader',
    meaning:
      'the backup could not be sealed: there is no manifest, so there is no backup (but in the bucket, if it was sealed there)',
  },
  { failure: Failure },
);
export type UploadFailed = EventOf<typeof UploadFailed>;

export const BackupTimedOut = event(
  'BackupTimedOut',
  { by: 'scheduler', meaning: 'the deadline passed; the parts that were still awaited' },
  { awaited: z.array(Part) },
);
export type BackupTimedOut = EventOf<typeof BackupTimedOut>;
