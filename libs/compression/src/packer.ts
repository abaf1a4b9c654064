import type { Readable } from 'node:stream';
import { PermanentError } from '@nocodb-backup/events';
import { fedFromHere, handedOver } from './by-program.js';
import { packedHere } from './by-node.js';
import type { CompressionFormat } from './compression-settings.js';
import type { Compressor } from './compressors.js';
import { findProgram } from './find-program.js';
import type { Packed } from './packed.js';

/** What packs: a program where there is one, else this process. */
export interface Packer {
  readonly codec: Compressor['name'] | 'node';
  /** Of the names of what it packs. */
  readonly extension: 'gz' | 'zst';
  /** Packs what a program puts out; to be called in the tick in which it was started, as nobody else may read the output then. */
  readonly ofProgram: (output: Readable, signal: AbortSignal) => Packed;
  /** Packs what comes by here. */
  readonly of: (source: AsyncIterable<Uint8Array>, signal: AbortSignal) => Packed;
}

/** The packer for a format on this machine. Throws PermanentError that tells what to install. */
export const findPacker = async (format: CompressionFormat): Promise<Packer> => {
  const name = format === 'gzip' ? 'igzip' : 'zstd';
  const path = await findProgram(name);
  if (path !== undefined) return byProgram({ name, path });
  if (format === 'gzip') return here;
  throw new PermanentError(
    'NOCODB_BACKUP_COMPRESSION is zstd, and there is no program zstd on PATH: install the package zstd ' +
      '(apt-get install zstd), or set it to gzip',
  );
};

const byProgram = (compressor: Compressor): Packer => ({
  codec: compressor.name,
  extension: compressor.name === 'igzip' ? 'gz' : 'zst',
  ofProgram: (output, signal) => handedOver(compressor, output, signal),
  of: (source, signal) => fedFromHere(compressor, source, signal),
});

const here: Packer = {
  codec: 'node',
  extension: 'gz',
  ofProgram: (output, signal) => packedHere(output as AsyncIterable<Uint8Array>, signal),
  of: packedHere,
};
