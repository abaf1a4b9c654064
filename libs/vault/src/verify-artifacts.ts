import { AttachmentEntry, type Manifest } from '@nocodb-backup/backup';
import type { Artifact } from '@nocodb-backup/events';
import { ATTACHED_INDEX, STORED_FILES } from './attached-lists.js';
import { type Checking, type Verifying, verifyEach } from './checking.js';
import { DamageError } from './damage-error.js';
import { digestOfStream } from './digest-stream.js';
import type { Shelf } from './shelf.js';
import { storedItems } from './stored-items.js';

/** What an encrypted list names is named by the other, too, for those who have no key. */
const listsFiles = (path: string): boolean => path.endsWith(ATTACHED_INDEX) || path.endsWith(STORED_FILES);

/**
 * Compares stored files with the manifest, and with a list of attached files the files that it names. Rejects with one
 * PermanentError on all that is damaged.
 */
export const verifyArtifacts = async (
  shelf: Shelf,
  manifest: Manifest,
  verifying: Verifying,
): Promise<void> => {
  const listed = new Map(manifest.artifacts.map((artifact) => [artifact.path, artifact]));
  const bytesTotal = bytesOf(manifest, new Set(verifying.paths));
  await verifyEach(manifest, { ...verifying, bytesTotal }, async (path, checking) => {
    const artifact = listed.get(path);
    if (!artifact) checking.damaged({ path, reason: 'the manifest does not know it' });
    else if ((await isWhole(shelf, artifact, checking)) && listsFiles(path))
      await checkAttached(shelf, path, checking);
  });
};

const bytesOf = ({ artifacts, parts }: Manifest, paths: ReadonlySet<string>): number => {
  const tables = parts.export.bases.flatMap((base) => base.tables);
  const sizes = [
    ...artifacts.filter(({ path }) => paths.has(path)).map(({ bytes }) => bytes),
    ...tables
      .filter(({ folder }) => paths.has(folder + ATTACHED_INDEX) || paths.has(folder + STORED_FILES))
      .map((table) => table.attachments.bytes),
  ];
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
};

const isWhole = async (shelf: Shelf, artifact: Artifact, checking: Checking): Promise<boolean> => {
  const reason = await damageOfFile(shelf, artifact, checking);
  if (reason === undefined) return true;
  checking.damaged({ path: artifact.path, reason });
  return false;
};

const damageOfFile = async (
  { vault, backupId }: Shelf,
  { path, bytes, sha256 }: Artifact,
  { signal, heard }: Checking,
): Promise<string | undefined> => {
  try {
    const found = await digestOfStream(await vault.open(backupId, path), signal, heard);
    if (found.bytes !== bytes) return `${bytes} bytes were stored, ${found.bytes} lie there`;
    if (found.sha256 === sha256) return undefined;
    return `its bytes have changed: SHA-256 ${sha256} was stored, ${found.sha256} lies there`;
  } catch (error) {
    if (error instanceof DamageError) return error.message;
    throw error;
  }
};

const checkAttached = async (shelf: Shelf, path: string, checking: Checking): Promise<void> => {
  const read = (item: unknown) => AttachmentEntry.parse(item);
  for await (const entry of storedItems(shelf, path, { read, signal: checking.signal }))
    if (!('missing' in entry) && checking.wants(entry.path)) await isWhole(shelf, entry, checking);
};
