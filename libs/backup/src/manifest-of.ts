import type { PlannedTable } from '@nocodb-backup/events';
import type { Backup, Outcome } from './backup.js';
import { discreetManifest } from './discreet-manifest.js';
import { encryptionOf, encryptionWarnings } from './encryption.js';
import type { Manifest } from './manifest.js';
import { failuresOf, notInBucket, statusOfPart } from './part-status.js';
import { standingArtifacts } from './standing-artifacts.js';
import { uploadFailure } from './upload-parts.js';
import { warningsOf } from './warnings-of.js';

type Parts = Manifest['parts'];
type Table = Parts['export']['bases'][number]['tables'][number];

/**
 * The manifest of a settled backup; of an encrypted one it tells no contents. A pure function of its facts, so that two attempts to seal it write the same bytes.
 * Throws for a backup that has not settled: a manifest must never be written early.
 */
export const manifestOf = (backup: Backup, toolVersion: string): Manifest => {
  const manifest = openManifestOf(backup, toolVersion);
  const encryption = encryptionOf(backup);
  if (!encryption) return manifest;
  const harmless = { failures: notInBucket(backup), warnings: encryptionWarnings(backup) };
  return discreetManifest({ ...manifest, encryption }, harmless);
};

const openManifestOf = (backup: Backup, toolVersion: string): Manifest => {
  if (!backup.settled) throw new Error(`backup ${backup.id} has not settled: it cannot be sealed yet`);
  const failures = failuresOf(backup);
  const { request } = backup;
  return {
    format: 'nocodb-backup',
    version: '2.0',
    id: backup.id,
    status: isComplete(backup) ? 'complete' : 'partial',
    source: request.source,
    trigger: request.trigger,
    requestedBy: request.requestedBy,
    reason: request.reason ?? null,
    options: { records: request.records, attachments: request.attachments },
    requestedAt: backup.requestedAt.toISOString(),
    settledAt: backup.settled.time.toISOString(),
    tool: { name: 'nocodb-backup', version: toolVersion },
    nocodb: { version: backup.plan?.nocodbVersion ?? null },
    postgres: postgresOf(backup),
    parts: { dump: dumpOf(backup), files: filesOf(backup), export: exportOf(backup) },
    failures,
    warnings: warningsOf(backup),
    artifacts: standingArtifacts(backup).map(({ part, artifact }) => ({ ...artifact, part })),
  };
};

/** Every part that was wanted is whole, and everything is where it was wanted. */
export const isComplete = (backup: Backup): boolean =>
  uploadFailure(backup) === undefined &&
  backup.request.parts.every((part) => statusOfPart(backup, part) === 'complete');

const dataOf = <Data>(outcome: Outcome<Data>): Data | undefined =>
  outcome.state === 'succeeded' ? outcome.data : undefined;

/** Only a settled backup gets here, so no part is awaited any more. */
const endedStatus = (
  backup: Backup,
  part: keyof Parts,
): Exclude<ReturnType<typeof statusOfPart>, 'awaited'> => {
  const status = statusOfPart(backup, part);
  if (status === 'awaited') throw new Error(`part ${part} of backup ${backup.id} has not ended`);
  return status;
};

const postgresOf = (backup: Backup): Manifest['postgres'] => {
  const dump = dataOf(backup.dump);
  if (!dump) return null;
  return { serverVersion: dump.serverVersion, clientVersion: dump.clientVersion, collation: dump.collation };
};

const dumpOf = (backup: Backup): Parts['dump'] => {
  const dump = dataOf(backup.dump);
  const { tables, rows, sqlBytes } = dump ?? { tables: 0, rows: 0, sqlBytes: 0 };
  return { status: endedStatus(backup, 'dump'), tables, rows, sqlBytes, ...codecOf(dump) };
};

const filesOf = (backup: Backup): Parts['files'] => {
  const archive = dataOf(backup.files);
  const { files, tarBytes } = archive ?? { files: 0, tarBytes: 0 };
  return { status: endedStatus(backup, 'files'), files, tarBytes, ...codecOf(archive) };
};

const codecOf = (part: { readonly codec?: string | undefined } | undefined) =>
  part?.codec === undefined ? {} : { codec: part.codec };

const exportOf = (backup: Backup): Parts['export'] => ({
  status: endedStatus(backup, 'export'),
  bases: (backup.plan?.bases ?? []).map(({ baseId, title, folder }) => ({
    id: baseId,
    title,
    folder,
    tables: (backup.plan?.tables ?? [])
      .filter((table) => table.baseId === baseId)
      .map((table) => tableOf(table, backup.tables.get(table.tableId))),
  })),
});

const tableOf = (
  { tableId, title, folder }: PlannedTable,
  outcome: Outcome<{
    records: number;
    links: number;
    attachments: { files: number; bytes: number; missingCount: number };
    contentHash?: string | undefined;
  }> = { state: 'timed-out' },
): Table => {
  const { records, links, attachments, contentHash } = dataOf(outcome) ?? {
    records: 0,
    links: 0,
    attachments: { files: 0, bytes: 0, missingCount: 0 },
  };
  const { files, bytes, missingCount } = attachments;
  const missing = { files, bytes, missing: missingCount };
  return {
    id: tableId,
    title,
    folder,
    status: statusOfTable(outcome, missingCount),
    records,
    links,
    attachments: missing,
    ...(contentHash === undefined ? {} : { contentHash }),
  };
};

const statusOfTable = ({ state }: Outcome<unknown>, missing: number): Table['status'] => {
  if (state === 'failed') return 'failed';
  if (state !== 'succeeded') return 'timed-out';
  return missing > 0 ? 'partial' : 'complete';
};
