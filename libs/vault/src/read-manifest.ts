import { Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
import { damageOf } from './damaged.js';
import type { Shelf } from './shelf.js';

const Version = z.looseObject({ format: z.unknown(), version: z.unknown() });

/** The manifest of a sealed backup. Rejects with PermanentError, which says what to do, when it cannot be used. */
export const readManifest = async (shelf: Shelf): Promise<Manifest> => {
  const content = await manifestJson(shelf);
  const { format, version } = parsed(shelf, Version, content);
  if (format === 'nocodb-backup' && version !== '2.0')
    throw unusable(
      shelf,
      `it has version ${JSON.stringify(version)}, and this program knows 2.0 and 1.0: the backup was made by a newer version of nocodb-backup. Update this one and try again`,
    );
  const manifest = parsed(shelf, Manifest, content);
  if (manifest.id !== shelf.backupId)
    throw unusable(
      shelf,
      `it is that of backup ${manifest.id}. If somebody renamed the folder, give it back its name ${manifest.id}`,
    );
  return manifest;
};

const manifestJson = async (shelf: Shelf): Promise<unknown> => {
  const bytes = await shelf.vault.readManifest(shelf.backupId);
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
  new PermanentError(`manifest.json of backup ${backupId} cannot be used: ${reason}`);
