import { Readable, Writable } from 'node:stream';
import { createProgram } from './program.js';
import { run } from './run.js';

/** What came of a command line. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface World {
  readonly env: Record<string, string>;
  readonly now?: Date;
  readonly signal?: AbortSignal;
}

/** Runs the program as `main` does, in this process. */
export const ranCli = async (world: World, ...argv: string[]): Promise<Ran> => {
  const { env, now, signal = new AbortController().signal } = world;
  const [out, err] = [collecting(), collecting()];
  const program = createProgram({
    environment: () => env,
    stdout: out.stream,
    stderr: err.stream,
    stdin: Readable.from([]),
    signal,
    now: () => now ?? new Date(),
    person: 'ada@desk',
  });
  const code = await run(program, argv, env);
  return { code, out: out.text(), err: err.text() };
};

const collecting = () => {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
};
