import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const MOST_SAID = 4096;

/** How a program ended, and the end of what it said on its error output. */
export interface Ending {
  /** Undefined when it was killed, or could not be started. */
  readonly exitCode: number | undefined;
  /** In words. */
  readonly how: string;
  readonly said: string;
}

/** Listens to the program from its start; answers when it and its outputs are over. Never rejects. */
export const endingOf = async (child: ChildProcess & { readonly stderr: Readable }): Promise<Ending> => {
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-MOST_SAID)));
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const how = code === null ? `ended with ${String(signal)}` : `ended with exit code ${code}`;
    return { exitCode: code ?? undefined, how, said: said.trim() };
  } catch (error) {
    return { exitCode: undefined, how: `could not be started (${String(error)})`, said: '' };
  }
};

/** Thrown when a program did not do its work; tells how it ended, and what it said. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';

  constructor(
    program: string,
    readonly ending: Ending,
  ) {
    super(`${program} ${ending.how}: ${ending.said || 'it said nothing'}`);
  }
}
