import { AttachmentEntry, type Manifest } from '@nocodb-backup/backup';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { type Damage, damagedBackup } from './damaged-backup.js';
import { digestOfStream } from './digest-stream.js';
import type { Shelf } from './shelf.js';
import type { VerifyOptions } from './stored-backup.js';
import { storedItems } from './stored-items.js';

interface Verifying extends VerifyOptions {
  readonly paths: readonly string[];
}

interface Check {
  readonly shelf: Shelf;
  readonly signal: AbortSignal;
  readonly heard: (bytes: number) => void;
  readonly damage: (damage: Damage) => void;
}

const INDEX = '/attachments.json.gz';

/**
 * Compares stored files with the manifest, and with a list of attached files the files that it names. Rejects with one
 * PermanentError on all that is damaged.
 */
export const verifyArtifacts = async (
  shelf: Shelf,
  manifest: Manifest,
  { paths, signal, ...options }: Verifying,
): Promise<void> => {
  const listed = new Map(manifest.artifacts.map((artifact) => [artifact.path, artifact]));
  const wanted = [...new Set(paths)];
  const damages: Damage[] = [];
  const figures = { bytes: 0, bytesTotal: bytesOf(manifest, wanted) };
  const heard = (bytes: number) => {
    figures.bytes += bytes;
    options.progress({ ...figures, bytesTotal: Math.max(figures.bytes, figures.bytesTotal) });
  };
  const check: Check = { shelf, signal, heard, damage: (damage) => damages.push(damage) };
  for (const path of wanted) {
    const artifact = listed.get(path);
    if (!artifact) damages.push({ path, reason: 'the manifest does not know it' });
    else if ((await isWhole(check, artifact)) && path.endsWith(INDEX)) await checkAttached(check, path);
  }
  if (damages.length > 0) throw damagedBackup(manifest, damages);
};

const bytesOf = ({ artifacts, parts }: Manifest, paths: readonly string[]): number => {
  const wanted = new Set(paths);
  const tables = parts.export.bases.flatMap((base) => base.tables);
  const sizes = [
    ...artifacts.filter(({ path }) => wanted.has(path)).map(({ bytes }) => bytes),
    ...tables.filter(({ folder }) => wanted.has(folder + INDEX)).map((table) => table.attachments.bytes),
  ];
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
};

const isWhole = async (check: Check, { path, ...expected }: Artifact): Promise<boolean> => {
  const reason = await damageOfFile(check, path, expected);
  if (reason === undefined) return true;
  check.damage({ path, reason });
  return false;
};

const damageOfFile = async (
  { shelf, signal, heard }: Check,
  path: string,
  expected: Omit<Artifact, 'path'>,
): Promise<string | undefined> => {
  try {
    const found = await digestOfStream(await shelf.vault.open(shelf.backupId, path), signal, heard);
    if (found.bytes !== expected.bytes)
      return `${expected.bytes} bytes were stored, ${found.bytes} lie there`;
    if (found.sha256 === expected.sha256) return undefined;
    return `its bytes have changed: SHA-256 ${expected.sha256} was stored, ${found.sha256} lies there`;
  } catch (error) {
    if (error instanceof PermanentError) return error.message;
    throw error;
  }
};

const checkAttached = async (check: Check, path: string): Promise<void> => {
  const { shelf, signal } = check;
  const read = (item: unknown) => AttachmentEntry.parse(item);
  for await (const entry of storedItems(shelf, path, { read, signal }))
    if (!('missing' in entry)) await isWhole(check, entry);
};
