import { stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { type Artifact, PermanentError } from '@nocodb-backup/events';
import { type CompressionFormat, findPacker, type Packed, type Packer } from '@nocodb-backup/compression';
import type { Archiver } from './archive.js';
import { gnuTar, hasGnuTar } from './gnu-tar.js';
import { nodeTar } from './node-tar.js';
import { isTarEnd } from './tar-end.js';
import { tellingEverySecond, type Workplace } from './workplace.js';

export interface FilesSource {
  /** The data directory of NocoDB. */
  readonly directory: string;
  /** Where backups lie: it must be elsewhere. Undefined when they go straight into a bucket. */
  readonly vaultDirectory: string | undefined;
  readonly compression: CompressionFormat;
  /** GNU tar where there is one, if not given. */
  readonly archiver?: Archiver;
  /** What this machine has, if not given. */
  readonly packer?: Packer;
}

export interface StoredFiles {
  readonly artifact: Artifact;
  readonly files: number;
  /** Uncompressed. */
  readonly tarBytes: number;
  /** What packed it. */
  readonly codec: string;
  readonly warnings: readonly string[];
}

/** Stores the data directory as `nocodb-data.tar.gz`, or `.zst`. */
export const storeFiles = async (source: FilesSource, place: Workplace): Promise<StoredFiles> => {
  await checkDirectory(source);
  const archiver = source.archiver ?? ((await hasGnuTar()) ? gnuTar : nodeTar);
  const packer = source.packer ?? (await findPacker(source.compression));
  const { packed, files, warnings } = archiver(source.directory, packer, place.signal);
  const figures = () => ({ bytes: packed.rawBytes, files: files() });
  const name = `nocodb-data.tar.${packer.extension}`;
  const storing = place.staging.store(name, checked(packed), place.signal);
  const artifact = await tellingEverySecond(place, figures, storing);
  const empty =
    files() === 0 ? [`${source.directory} holds no files: is NocoDB's volume mounted there?`] : [];
  return {
    artifact,
    files: files(),
    tarBytes: packed.rawBytes,
    codec: packer.codec,
    warnings: [...warnings(), ...empty].slice(0, 100),
  };
};

async function* checked(packed: Packed): AsyncGenerator<Uint8Array> {
  yield* packed.content;
  if (!isTarEnd(packed))
    throw new Error(`the archive is cut short after ${packed.rawBytes} bytes, although tar reported success`);
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
