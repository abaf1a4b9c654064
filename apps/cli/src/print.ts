import { once } from 'node:events';
import type { CliContext } from './context.js';

/** Writes a line, or several, of the result; waits while the reader is slow. Rejects with OutputClosed once it is gone. */
export const print = (context: CliContext, text: string): Promise<void> => printPiece(context, `${text}\n`);

/** The same without an end of its own. */
export const printPiece = async ({ stdout, signal }: CliContext, text: string): Promise<void> => {
  signal.throwIfAborted();
  if (stdout.write(text)) return;
  await once(stdout, 'drain', { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
};

/** The result as the one JSON document that `--json` promises. */
export const printJson = (context: CliContext, document: unknown): Promise<void> =>
  print(context, JSON.stringify(document, null, 2));

/** Tells the person at the keyboard something that is no result. */
export const say = ({ stderr }: Pick<CliContext, 'stderr'>, text: string): void => {
  stderr.write(`${text}\n`);
};
