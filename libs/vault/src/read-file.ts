import { constants, type ReadStream } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { PermanentError } from '@nocodb-backup/events';
import { DamageError } from './damage-error.js';
import { digestOfStream } from './digest-stream.js';
import { codeOf } from './disk-error.js';
import { type Place, verified } from './place.js';
import type { Stored } from './store-file.js';

/** Opens a regular file of the vault, never through a link. The stream closes the file when it ends or is destroyed. */
export const openFile = async (place: Place): Promise<ReadStream> =>
  (await opened(place)).createReadStream({ highWaterMark: 1 << 18 });

/** Size and digest of the file as it is now. */
export const digestOf = async (place: Place, signal?: AbortSignal): Promise<Stored> =>
  digestOfStream(await openFile(place), signal);

/** The whole file, if it has at most `limit` bytes. */
export const readSmallFile = async (place: Place, limit: number): Promise<Uint8Array> => {
  const handle = await opened(place);
  try {
    const { size } = await handle.stat();
    if (size > limit)
      throw new DamageError(`${place.relative} has ${size} bytes, more than the ${limit} that it may have`);
    return await readFile(handle);
  } finally {
    await handle.close();
  }
};

const opened = async (place: Place): Promise<FileHandle> => {
  const path = await verified(place);
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw readError(error, path);
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new DamageError(`${path} is no regular file`);
};

const readError = (error: unknown, path: string): unknown => {
  const code = codeOf(error) ?? '';
  if (code === 'ENOENT') return new DamageError(`${path} is missing`, { cause: error });
  if (code === 'ELOOP')
    return new DamageError(`${path} is a link, so it is not what was stored`, { cause: error });
  if (code === 'EACCES')
    return new PermanentError(`${path} cannot be read: permission denied`, { cause: error });
  return error;
};
