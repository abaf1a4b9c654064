import { AttachmentEntry, type UploadPart } from '@nocodb-backup/backup';
import type { Artifact } from '@nocodb-backup/events';
import { jsonLines, Lanes, type S3Vault } from '@nocodb-backup/vault';
import type { Places } from './places.js';
import { explained } from './staging-mismatch.js';

export interface Brought {
  readonly files: number;
  readonly bytes: number;
}

export interface Bringing {
  readonly places: Pick<Places, 'staging' | 'local'>;
  readonly bucket: S3Vault;
  readonly backupId: string;
  readonly signal: AbortSignal;
  /** Hears of bytes that were read on their way, or moved. */
  readonly passed: (bytes: number) => void;
}

/** Attached files that are on their way at once. Larger ones go alone: they are sent in parts, several at a time. */
const most = 4;
const small = 8 * 1024 * 1024;

/** Brings everything of a part to its place in the bucket: by sending it, or by moving what was staged there. Again is fine. */
export const bringPart = async (bringing: Bringing, part: UploadPart): Promise<Brought> => {
  const brought = { files: 0, bytes: 0 };
  const bring = async (artifact: Artifact) => {
    await bringOne(bringing, part.attempt, artifact);
    brought.files++;
    brought.bytes += artifact.bytes;
  };
  for (const artifact of part.artifacts) await bring(artifact);
  if (part.index !== null) await bringAttached(bringing, { ...part, index: part.index }, bring);
  return brought;
};

const bringOne = (
  { places, bucket, backupId, signal, passed }: Bringing,
  attempt: string,
  { path, bytes, sha256 }: Artifact,
): Promise<void> =>
  explained(places, async () => {
    signal.throwIfAborted();
    const artifact = { path, bytes, sha256 };
    if (places.staging === 's3') {
      await bucket.publish(backupId, attempt, artifact);
      passed(bytes);
    } else {
      const source = read(() => places.local.openArtifact(backupId, attempt, path), passed);
      await bucket.upload(backupId, artifact, { source, signal });
    }
  });

/** Opened when it is read: what lies in the bucket already is not. */
async function* read(
  open: () => Promise<AsyncIterable<Uint8Array>>,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of await open()) {
    passed(chunk.length);
    yield chunk;
  }
}

/** The list of attached files has been brought by now, but here it is read where it was staged, which costs nothing. */
const bringAttached = async (
  { places, bucket, backupId, signal }: Bringing,
  { attempt, index }: { attempt: string; index: string },
  bring: (artifact: Artifact) => Promise<void>,
): Promise<void> => {
  const source = await (places.staging === 's3'
    ? bucket.open(backupId, index)
    : places.local.openArtifact(backupId, attempt, index));
  const lanes = new Lanes(most);
  try {
    for await (const line of jsonLines(source, signal)) {
      const entry = AttachmentEntry.parse(line);
      if ('missing' in entry) continue;
      if (entry.bytes > small) await lanes.ended();
      await lanes.run(() => bring(entry));
      if (entry.bytes > small) await lanes.ended();
    }
  } finally {
    await lanes.ended();
  }
};
