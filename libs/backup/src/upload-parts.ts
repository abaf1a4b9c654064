import type { Artifact } from '@nocodb-backup/events';
import type { Backup, Outcome } from './backup.js';

/** What is brought to the bucket as soon as its fact stands: the artifacts of one attempt. */
export interface UploadPart {
  /** `dump`, `files`, `plan`, or a table's id. */
  readonly key: string;
  readonly attempt: string;
  readonly artifacts: readonly Artifact[];
  /** Which of the artifacts lists attached files that belong to the part, too. */
  readonly index: string | null;
  /** Of all of it, attached files included. */
  readonly bytes: number;
}

/** The key of the last upload, which makes the rest a backup. */
export const manifestKey = 'manifest';

/** Each part that stands, so far. */
export const uploadParts = ({ dump, files, plan, tables }: Backup): UploadPart[] => [
  ...partOf('dump', dump),
  ...partOf('files', files),
  ...(plan ? partOf('plan', { state: 'succeeded', data: plan }) : []),
  ...[...tables].flatMap(([tableId, table]) =>
    partOf(tableId, table, table.state === 'succeeded' ? table.data.attachments : undefined),
  ),
];

const partOf = (
  key: string,
  outcome: Outcome<{ readonly attempt: string; readonly artifacts: readonly Artifact[] }>,
  attached: { readonly index: string | null; readonly bytes: number } = { index: null, bytes: 0 },
): UploadPart[] => {
  if (outcome.state !== 'succeeded') return [];
  const { attempt, artifacts } = outcome.data;
  const total = artifacts.reduce((sum, { bytes }) => sum + bytes, attached.bytes);
  return [{ key, attempt, artifacts, index: attached.index, bytes: total }];
};

/** The parts that stand and of whose upload nothing is known. */
export const awaitedUploads = (backup: Backup): string[] =>
  uploadParts(backup).flatMap(({ key }) => (backup.uploads.has(key) ? [] : key));

/** Its manifest lies in the bucket, so that everything does. */
export const isInBucket = ({ uploads }: Backup): boolean => uploads.get(manifestKey)?.state === 'uploaded';

/** Why the backup is not in the bucket although it was to be; undefined when nothing failed. */
export const uploadFailure = ({ uploads }: Backup): string | undefined => {
  const [first, ...others] = [...uploads.values()].flatMap((upload) =>
    upload.state === 'failed' ? upload.data : [],
  );
  if (!first) return undefined;
  const more =
    others.length > 0
      ? ` (and ${others.length} more such ${others.length === 1 ? 'failure' : 'failures'})`
      : '';
  return first.failure.reason.slice(0, 3900) + more;
};

/** Files and bytes that were brought to the bucket. */
export const uploadedTotals = ({ uploads }: Backup): { files: number; bytes: number } => {
  const totals = { files: 0, bytes: 0 };
  for (const { state, data } of uploads.values()) {
    if (state !== 'uploaded') continue;
    totals.files += data.files;
    totals.bytes += data.bytes;
  }
  return totals;
};
