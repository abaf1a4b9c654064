import type { BackupImported, BackupRequested, Part } from '@nocodb-backup/events';
import type { Backup, Moment, Sealing } from './backup.js';
import { noChecks } from './checks.js';
import { asMade, evolveKeeping } from './keeping.js';
import { isInBucket } from './upload-parts.js';

type Fact = BackupImported & Moment;

const awaited = { state: 'awaited' } as const;

/** A backup of which nothing is known but what its manifest told when it was found. */
export const importedBackup = (fact: Fact): Backup => {
  const { data, sequence } = fact;
  const settled = { sequence, time: new Date(data.settledAt) };
  return {
    id: data.backupId,
    seen: sequence,
    requestedAt: new Date(data.requestedAt),
    request: requestOf(data),
    imported: data,
    dump: awaited,
    files: awaited,
    export: awaited,
    plan: undefined,
    tables: new Map(),
    uploads: new Map(),
    settled,
    checks: noChecks,
    keeping: evolveKeeping(asMade, fact),
    ending: { state: 'sealed', at: settled, data: sealingOf(data) },
  };
};

/**
 * Adds to a backup that the log knows where it was found. One that the log takes for a failure is what the manifest says that it is;
 * one that is being made says for itself where it lies.
 */
export const withImport = (backup: Backup, fact: Fact): Backup => {
  if (!backup.ending) return backup;
  const keeping = evolveKeeping(backup.keeping, fact);
  if (backup.ending.state === 'sealed' || isInBucket(backup)) return { ...backup, keeping };
  return { ...importedBackup(fact), checks: backup.checks, keeping };
};

/** What the manifest told of one part. */
export const importedPart = (
  { dump, dataFiles, export: exported }: BackupImported['data'],
  part: Part,
): Pick<BackupImported['data']['dump'], 'status' | 'bytes'> =>
  ({ dump, files: dataFiles, export: exported })[part];

const requestOf = (data: BackupImported['data']): BackupRequested['data'] => {
  const { backupId, source, parts, records, attachments, trigger, requestedBy, reason, settledAt } = data;
  const wanted = { backupId, source, parts, records, attachments, trigger, requestedBy };
  return { ...wanted, ...(reason === null ? {} : { reason }), deadline: settledAt };
};

const sealingOf = (data: BackupImported['data']): Sealing => {
  const { backupId, manifest, status, destinations, files, bytes } = data;
  return { backupId, manifest, status, destinations, missingDestinations: [], files, bytes };
};
