import { DamagedPackError, unpacked } from '@nocodb-backup/compression';
import { DamageError, type StoredBackup } from '@nocodb-backup/vault';
import { RefusedError } from '../refused-error.js';
import type { Work } from '../restoration.js';

/** Thrown at the end of a dump that is not as long as the one that was made. */
export class WrongLengthError extends DamageError {}

/** As it is unless something else packed it. */
export const DUMP = 'database.sql.gz';
const NAMES: readonly string[] = [DUMP, 'database.sql.zst'];
/** Between two figures of progress. */
const PAUSE_MS = 1000;

/** The dump in a backup; undefined where there is none. */
export const storedDump = ({ artifacts }: Pick<StoredBackup['manifest'], 'artifacts'>) =>
  artifacts.find(({ path }) => NAMES.includes(path));

/** The stored dump. Throws RefusedError when the backup holds no whole one. */
export const dumpArtifact = ({ id, manifest }: StoredBackup) => {
  const artifact = storedDump(manifest);
  const { status } = manifest.parts.dump;
  if (artifact && status === 'complete') return artifact;
  throw new RefusedError(
    `backup ${id} holds no whole dump of the database (${status}): choose another backup (nocodb-backup list), ` +
      'or restore single tables with restore-schema and restore-records',
  );
};

/**
 * The SQL of the dump. The iteration throws DamageError when the stored bytes are damaged, or when they are not as much SQL as was
 * dumped: a packed file that was cut between two of its members unpacks well.
 */
export async function* dumpSql({
  backup,
  progress,
  signal,
}: Pick<Work, 'backup' | 'progress' | 'signal'>): AsyncGenerator<Uint8Array> {
  const { path, bytes: bytesTotal } = dumpArtifact(backup);
  const stored = await backup.open(path);
  const figures = { bytes: 0, bytesTotal };
  const timer = setInterval(() => {
    progress(figures);
  }, PAUSE_MS);
  let length = 0;
  try {
    const packed = told(stored, (bytes) => (figures.bytes += bytes));
    for await (const chunk of unpacked(packed, { path, signal })) {
      length += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw error instanceof DamagedPackError ? damaged(backup.id, path, error) : error;
  } finally {
    clearInterval(timer);
    stored.destroy();
    progress(figures);
  }
  checkLength(length, path, backup);
}

async function* told(
  stored: AsyncIterable<Uint8Array>,
  tell: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stored) {
    tell(chunk.length);
    yield chunk;
  }
}

/** Backups of the Python tool do not say how much it was. */
const checkLength = (bytes: number, path: string, { id, format, manifest }: StoredBackup): void => {
  const { sqlBytes } = manifest.parts.dump;
  if (format === 'legacy' || bytes === sqlBytes) return;
  throw new WrongLengthError(
    `${path} of backup ${id} holds ${bytes} bytes of SQL where the manifest says ${sqlBytes}: restore another backup`,
  );
};

const damaged = (id: string, path: string, cause: unknown): DamageError =>
  new DamageError(
    `${path} of backup ${id} is damaged or cut short (${String(cause)}): try nocodb-backup verify ${id}, or restore another backup`,
    { cause },
  );
