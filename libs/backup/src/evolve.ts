import type {
  BackupEvent,
  BackupRequested,
  Failure,
  KeepingEvent,
  Part,
  PartUploaded,
  PartUploadFailed,
  TableExported,
  VerificationEvent,
} from '@nocodb-backup/events';
import { type Backup, awaitedParts, type Moment, type Outcome, type Upload } from './backup.js';
import { evolveChecks, isCheckFact, noChecks } from './checks.js';
import { grown } from './growing.js';
import { importedBackup, withImport } from './imported-backup.js';
import { asMade, evolveKeeping, isKeepingFact } from './keeping.js';

/** A fact with its place in the log. */
export type BackupFact = BackupEvent & Moment;

/**
 * Adds one fact to what is known of a backup. A fact that comes again changes nothing, and of two that end the same
 * thing the first stands; facts before the request, or the import, are about no backup yet and leave it undefined.
 */
export const evolve = (backup: Backup | undefined, fact: BackupFact): Backup | undefined => {
  if (backup === undefined) return begunBy(fact);
  if (fact.sequence <= backup.seen) return backup;
  const known = { ...backup, seen: fact.sequence };
  if (fact.type === 'BackupImported') return withImport(known, fact);
  if (isKeepingFact(fact)) return { ...known, keeping: evolveKeeping(known.keeping, fact) };
  if (isCheckFact(fact)) return { ...known, checks: evolveChecks(known.checks, fact) };
  if (isUploadFact(fact)) return withUpload(known, fact);
  if (backup.settled) return ended(known, fact);
  const next = changed(known, fact);
  return awaitedParts(next).length === 0 ? { ...next, settled: momentOf(fact) } : next;
};

/** Folds the facts of one backup, oldest first. */
export const foldBackup = (facts: Iterable<BackupFact>): Backup | undefined => {
  let backup: Backup | undefined;
  for (const fact of facts) backup = evolve(backup, fact);
  return backup;
};

const begunBy = (fact: BackupFact): Backup | undefined => {
  if (fact.type === 'BackupImported') return importedBackup(fact);
  return fact.type === 'BackupRequested' ? begun(fact) : undefined;
};

const awaited = { state: 'awaited' } as const;

const begun = ({ data, time, sequence }: BackupRequested & Moment): Backup => ({
  id: data.backupId,
  seen: sequence,
  requestedAt: time,
  request: data,
  imported: undefined,
  dump: awaited,
  files: awaited,
  export: awaited,
  plan: undefined,
  tables: new Map(),
  uploads: new Map(),
  settled: undefined,
  checks: noChecks,
  keeping: asMade,
  ending: undefined,
});

const momentOf = ({ sequence, time }: Moment): Moment => ({ sequence, time });
const succeeded = <Data>(data: Data) => ({ state: 'succeeded', data }) as const;
const failed = ({ failure }: { failure: Failure }) => ({ state: 'failed', failure }) as const;

type UploadFact = (PartUploaded | PartUploadFailed) & Moment;
type PartFact = Exclude<BackupFact, VerificationEvent | KeepingEvent | UploadFact>;

const isUploadFact = (fact: BackupFact): fact is UploadFact =>
  fact.type === 'PartUploaded' || fact.type === 'PartUploadFailed';

const changed = (backup: Backup, fact: PartFact): Backup => {
  switch (fact.type) {
    case 'DumpCompleted':
      return withPart(backup, 'dump', succeeded(fact.data));
    case 'DumpFailed':
      return withPart(backup, 'dump', failed(fact.data));
    case 'FilesArchived':
      return withPart(backup, 'files', succeeded(fact.data));
    case 'FilesArchiveFailed':
      return withPart(backup, 'files', failed(fact.data));
    case 'ExportCompleted':
      return withPart(backup, 'export', succeeded(fact.data));
    case 'ExportFailed':
      return withPart(backup, 'export', failed(fact.data));
    case 'ExportPlanned':
      return { ...backup, plan: backup.plan ?? fact.data };
    case 'TableExported':
      return withTable(backup, fact.data.tableId, succeeded(fact.data));
    case 'TableExportFailed':
      return withTable(backup, fact.data.tableId, failed(fact.data));
    case 'BackupTimedOut':
      return awaitedParts(backup).reduce(
        (late, part) => withPart(late, part, { state: 'timed-out' }),
        backup,
      );
    case 'BackupRequested':
    case 'TableExportRequested':
    case 'PartsUploaded':
    case 'Uploaded':
    case 'UploadFailed':
      return backup;
  }
};

const withPart = <P extends Part>(backup: Backup, part: P, outcome: Backup[P]): Backup =>
  backup[part].state === 'awaited' ? { ...backup, [part]: outcome } : backup;

const withTable = (backup: Backup, tableId: string, outcome: Outcome<TableExported['data']>): Backup =>
  backup.tables.has(tableId) ? backup : { ...backup, tables: grown(backup.tables, tableId, outcome) };

const withUpload = (backup: Backup, { type, data }: UploadFact): Backup => {
  if (backup.ending || backup.uploads.has(data.key)) return backup;
  const upload: Upload = type === 'PartUploaded' ? { state: 'uploaded', data } : { state: 'failed', data };
  return { ...backup, uploads: grown(backup.uploads, data.key, upload) };
};

const ended = (backup: Backup, fact: BackupFact): Backup => {
  if (backup.ending) return backup;
  if (fact.type === 'Uploaded')
    return { ...backup, ending: { state: 'sealed', at: momentOf(fact), data: fact.data } };
  if (fact.type === 'UploadFailed')
    return { ...backup, ending: { state: 'not sealed', at: momentOf(fact), data: fact.data } };
  return backup;
};
