import { open } from 'node:fs/promises';

const tailBytes = 4_000;

/** The last lines of a log file, for an error message; empty when there is no such file. */
export const logTail = async (path: string) => {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trim();
  } catch {
    return '';
  }
};
