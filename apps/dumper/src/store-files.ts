import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import type { Archive, Archiver } from './archive.js';
import { gnuTar, hasGnuTar } from './gnu-tar.js';
import { gzipped } from './gzipped.js';
import { nodeTar } from './node-tar.js';
import { TarEnd } from './tar-end.js';
import { tellingEverySecond, type Workplace } from './workplace.js';

export interface FilesSource {
  /** The data directory of NocoDB. */
  readonly directory: string;
  /** Where backups lie: it must be elsewhere. Undefined when they go straight into a bucket. */
  readonly vaultDirectory: string | undefined;
  /** GNU tar where there is one, if not given. */
  readonly archiver?: Archiver;
}

export interface StoredFiles {
  readonly artifact: Artifact;
  readonly files: number;
  /** Uncompressed. */
  readonly tarBytes: number;
  readonly warnings: readonly string[];
}

/** Stores the data directory as `nocodb-data.tar.gz`. */
export const storeFiles = async (source: FilesSource, place: Workplace): Promise<StoredFiles> => {
  await checkDirectory(source);
  const archiver = source.archiver ?? ((await hasGnuTar()) ? gnuTar : nodeTar);
  const archive = archiver(source.directory, place.signal);
  const end = new TarEnd();
  const figures = () => ({ bytes: end.bytes, files: archive.files() });
  const stored = gzipped(checked(archive, end));
  const storing = place.staging.store('nocodb-data.tar.gz', stored, place.signal);
  const artifact = await tellingEverySecond(place, figures, storing);
  const files = archive.files();
  const empty = files === 0 ? [`${source.directory} holds no files: is NocoDB's volume mounted there?`] : [];
  return { artifact, files, tarBytes: end.bytes, warnings: [...archive.warnings(), ...empty].slice(0, 100) };
};

async function* checked({ tar }: Archive, end: TarEnd): AsyncGenerator<Uint8Array> {
  for await (const chunk of tar) {
    end.add(chunk);
    yield chunk;
  }
  if (!end.isWhole())
    throw new Error(`the archive is cut short after ${end.bytes} bytes, although tar reported success`);
}

const checkDirectory = async ({ directory, vaultDirectory }: FilesSource): Promise<void> => {
  const stats = await stat(directory).catch((error: unknown) => {
    throw new PermanentError(
      `the data directory ${directory} cannot be reached (${(error as NodeJS.ErrnoException).code ?? String(error)}): ` +
        "mount NocoDB's volume there, or set NOCODB_DATA_PATH",
      { cause: error },
    );
  });
  if (!stats.isDirectory())
    throw new PermanentError(`${directory} is no directory: set NOCODB_DATA_PATH to NocoDB's`);
  if (vaultDirectory !== undefined && isInside(resolve(vaultDirectory), resolve(directory)))
    throw new PermanentError(
      `the backups in ${vaultDirectory} lie inside the data directory ${directory}, so each would hold all earlier ones: ` +
        'set NOCODB_BACKUP_DIR to a place outside of NOCODB_DATA_PATH',
    );
};

const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split('/')[0] !== '..';
};
