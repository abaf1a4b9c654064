import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type Ending, endingOf, ProgramError } from './ending.js';

/** A program of a line in which each feeds the next. */
export interface Running {
  readonly name: string;
  readonly kill: () => void;
  readonly ending: Promise<Ending>;
}

export const running = (name: string, child: ChildProcess & { readonly stderr: Readable }): Running => ({
  name,
  kill: () => child.kill('SIGKILL'),
  ending: endingOf(child),
});

/**
 * What the last program of a line puts out. Throws the signal's reason when it fires; else the error of the first one given that did not
 * end well, so give first the ones that take the others with them. All are dead when the iteration is over.
 */
export async function* lineOutput(
  output: Readable,
  programs: readonly Running[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const kill = () => {
    for (const program of programs) program.kill();
  };
  signal.addEventListener('abort', kill);
  if (signal.aborted) kill();
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) yield chunk;
    await checkEndings(programs, signal);
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    await Promise.all(programs.map(({ ending }) => ending));
  }
}

const checkEndings = async (programs: readonly Running[], signal: AbortSignal): Promise<void> => {
  const endings = await Promise.all(programs.map(({ ending }) => ending));
  signal.throwIfAborted();
  for (const [index, { name }] of programs.entries()) {
    const ending = endings[index];
    if (ending && ending.exitCode !== 0) throw new ProgramError(name, ending);
  }
};
