import { Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
import { DamageError } from './damage-error.js';
import { damageOf } from './damaged.js';
import { LegacyManifest } from './legacy/legacy-manifest.js';
import type { Shelf } from './shelf.js';

const Version = z.looseObject({ format: z.unknown().optional(), version: z.unknown().optional() });

/**
 * The manifest of a backup, of whichever tool; undefined when there is none. Rejects with PermanentError, which says what to
 * do, when it cannot be used.
 */
export const readManifest = async (shelf: Shelf): Promise<Manifest | LegacyManifest | undefined> => {
  const bytes = await manifestBytes(shelf);
  return bytes && manifestIn(shelf, json(shelf, bytes));
};

const manifestIn = (shelf: Shelf, content: unknown): Manifest | LegacyManifest => {
  const { format, version } = parsed(shelf, Version, content);
  if (format === 'nocodb-backup' && version !== '2.0')
    throw unusable(
      shelf,
      `it has version ${JSON.stringify(version)}, and this program knows 2.0 and 1.0: the backup was made by a newer version of nocodb-backup. Update this one and try again`,
    );
  if (format === undefined && version === '1.0') return parsed(shelf, LegacyManifest, content);
  const manifest = parsed(shelf, Manifest, content);
  if (manifest.id !== shelf.backupId)
    throw unusable(
      shelf,
      `it is that of backup ${manifest.id}. If somebody renamed the folder, give it back its name ${manifest.id}`,
    );
  return manifest;
};

const manifestBytes = async ({ vault, backupId }: Shelf): Promise<Uint8Array | undefined> => {
  try {
    return await vault.readManifest(backupId);
  } catch (error) {
    const isThere = (await vault.backups()).sealed.includes(backupId);
    if (isThere || !(error instanceof PermanentError)) throw error;
    return undefined;
  }
};

const json = (shelf: Shelf, bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch (error) {
    throw damaged(shelf, error);
  }
};

const parsed = <T>(shelf: Shelf, schema: z.ZodType<T>, content: unknown): T => {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw damaged(shelf, result.error);
};

const damaged = (shelf: Shelf, error: unknown): PermanentError =>
  unusable(
    shelf,
    `it is damaged: ${damageOf(error) ?? String(error)}. Use another backup: nocodb-backup list. The other files in the folder may be whole`,
  );

const unusable = ({ backupId }: Shelf, reason: string): PermanentError =>
  new DamageError(`manifest.json of backup ${backupId} cannot be used: ${reason}`);
