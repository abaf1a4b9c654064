import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { PermanentError } from '@nocodb-backup/events';
import { DamagedPackError } from './damaged-pack-error.js';
import { ProgramError } from './ending.js';
import { findProgram } from './find-program.js';
import { throughProgram } from './through-program.js';

export interface Unpacking {
  /** Its name, which tells how it was packed: `.gz` or `.zst`. */
  readonly path: string;
  readonly signal: AbortSignal;
}

/**
 * What a packed file holds. Throws DamagedPackError for one that is damaged or cut short, and what the source throws. A file that was cut
 * between two members, or frames, ends well: compare the length with what was packed.
 */
export const unpacked = (
  source: AsyncIterable<Uint8Array>,
  { path, signal }: Unpacking,
): AsyncGenerator<Uint8Array> => (isZstd(path) ? unzstd(source, signal) : gunzipped(source, signal));

/** Throws PermanentError that tells what to install where this machine cannot unpack such a file. */
export const checkUnpackable = async (path: string): Promise<void> => {
  if (isZstd(path)) await zstdPath();
};

const isZstd = (path: string): boolean => path.endsWith('.zst');

async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // Its error comes out of the iteration.
  pipeline(source, gunzip, { signal }).catch(() => undefined);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    signal.throwIfAborted();
    throw isDamage(error) ? new DamagedPackError((error as Error).message, { cause: error }) : error;
  } finally {
    gunzip.destroy();
  }
}

/** zlib's own errors. */
const isDamage = (error: unknown): boolean =>
  String((Object(error) as { code?: unknown }).code).startsWith('Z_');

/** By the program: Node's own reader drops what comes behind the first frame, and old ones take a file that is cut short for whole. */
async function* unzstd(source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const command = { name: 'zstd', path: await zstdPath(), args: ['-d', '-c', '-q'] };
  try {
    yield* throughProgram(command, source, signal);
  } catch (error) {
    const isDamaged = error instanceof ProgramError && error.ending.exitCode !== undefined;
    throw isDamaged ? new DamagedPackError(error.message, { cause: error }) : error;
  }
}

const zstdPath = async (): Promise<string> => {
  const path = await findProgram('zstd');
  if (path !== undefined) return path;
  throw new PermanentError(
    'this backup was packed with zstd, and there is no program zstd on PATH: install the package zstd (apt-get install zstd), then try again',
  );
};
