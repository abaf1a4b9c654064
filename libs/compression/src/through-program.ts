import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { environment } from './environment.js';
import { lineOutput, running } from './line-output.js';

/** How a program is called that reads its input and writes its output. */
export interface Command {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
}

/** The program, running. An output of another one, given as its input, is handed on: destroy it here afterwards. */
export const started = ({ path, args }: Command, input: Readable) =>
  spawn(path, args, { stdio: [input, 'pipe', 'pipe'], env: environment() });

/** What the program makes of the source. Throws what the source throws, else ProgramError when the program did not end well. */
export async function* throughProgram(
  { name, path, args }: Command,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment() });
  const program = running(name, child);
  const troubles: unknown[] = [];
  // A source that fails must not end the input well: what came would be taken for the whole. Not awaited: it may hang.
  pipeline(source, child.stdin).catch((error: unknown) => {
    if (!isBrokenPipe(error)) troubles.push(error);
    program.kill();
  });
  try {
    yield* lineOutput(child.stdout, [program], signal);
  } catch (error) {
    throw signal.aborted || troubles.length === 0 ? error : troubles[0];
  }
}

/** Whether feeding failed only because the program had ended. */
const isBrokenPipe = (error: unknown): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(
    String((Object(error) as { code?: unknown }).code),
  );
