import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DamageError, type StoredBackup } from '@nocodb-backup/vault';
import { RefusedError } from '../refused-error.js';
import type { Work } from '../restoration.js';

const PATH = 'database.sql.gz';
/** Between two figures of progress. */
const PAUSE_MS = 1000;

/** The stored dump. Throws RefusedError when the backup holds no whole one. */
export const dumpArtifact = ({ id, manifest }: StoredBackup) => {
  const artifact = manifest.artifacts.find(({ path }) => path === PATH);
  const { status } = manifest.parts.dump;
  if (artifact && status === 'complete') return artifact;
  throw new RefusedError(
    `backup ${id} holds no whole dump of the database (${status}): choose another backup (nocodb-backup list), ` +
      'or restore single tables with restore-schema and restore-records',
  );
};

/** The SQL of the dump. The iteration throws DamageError when the stored bytes are damaged. */
export async function* dumpSql({
  backup,
  progress,
}: Pick<Work, 'backup' | 'progress'>): AsyncGenerator<Uint8Array> {
  const stored = await backup.open(PATH);
  const bytesTotal = dumpArtifact(backup).bytes;
  const figures = { bytes: 0, bytesTotal };
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  stored.on('data', (chunk: Buffer) => {
    figures.bytes += chunk.length;
  });
  // The error comes out of the iteration.
  pipeline(stored, gunzip, () => undefined);
  const timer = setInterval(() => {
    progress(figures);
  }, PAUSE_MS);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    throw isDamage(error) ? damaged(backup.id, error) : error;
  } finally {
    clearInterval(timer);
    stored.destroy();
    progress(figures);
  }
}

const isDamage = (error: unknown): boolean =>
  String((Object(error) as { code?: unknown }).code).startsWith('Z_');

const damaged = (id: string, cause: unknown): DamageError =>
  new DamageError(
    `${PATH} of backup ${id} is damaged or cut short (${String(cause)}): try nocodb-backup verify ${id}, or restore another backup`,
    { cause },
  );
