import { create } from 'tar';
import type { Archiver } from './archive.js';
import { KEPT_ASIDE } from './kept-aside.js';
import { unreadable } from './unreadable.js';

/**
 * Archives without a program, where there is no GNU tar (another tar, a minimal image). Stricter: a file that vanishes or shrinks
 * while it is read fails the attempt, and the next one tries again.
 */
export const nodeTar: Archiver = (directory, packer, signal) => {
  const figures = { files: 0, warnings: [] as string[] };
  return {
    packed: packer.of(tarOf(directory, figures, signal), signal),
    files: () => figures.files,
    warnings: () => figures.warnings.slice(0, 100),
  };
};

async function* tarOf(
  directory: string,
  figures: { files: number; warnings: string[] },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const pack = create(
    {
      cwd: directory,
      filter: (path) => !path.startsWith(`./${KEPT_ASIDE}`),
      onwarn: (_code, message) => {
        if (figures.warnings.length < 100) figures.warnings.push(message.slice(0, 900));
      },
      onWriteEntry: ({ type }) => {
        if (type !== 'Directory') figures.files++;
      },
    },
    ['.'],
  );
  try {
    for await (const chunk of pack) {
      signal.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    throw unreadable(directory, String(error), error);
  }
}
