import { link, open, unlink } from 'node:fs/promises';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

/** Where the chunks of a file go that gets its name when it is whole. */
type Write = (text: string) => Promise<void>;

/**
 * Writes a file that has its name only once it is whole and on the disk. Never overwrites: throws a CliError with exit code
 * 11 where there is one. After an error nothing is left.
 */
export const writeNewFile = async <T>(path: string, work: (write: Write) => Promise<T>): Promise<T> => {
  const partial = `${path}.partial-${process.pid}`;
  const file = await open(partial, 'wx', 0o600);
  try {
    const result = await work(async (text) => {
      await file.appendFile(text);
    });
    await file.sync();
    await link(partial, path).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(path, error) : error;
    });
    return result;
  } finally {
    await file.close();
    await unlink(partial);
  }
};

const taken = (path: string, cause: unknown): CliError =>
  new CliError(
    ExitCode.refused,
    `there is a file ${path} already, and nothing is overwritten: name another`,
    {
      cause,
    },
  );
