import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Archiver } from './archive.js';
import { KEPT_ASIDE } from './kept-aside.js';
import { TarMessages } from './tar-messages.js';
import { unreadable } from './unreadable.js';

const ARGUMENTS = [
  '--create',
  '--file=-',
  '--verbose',
  '--format=gnu',
  '--sort=name',
  '--quoting-style=escape',
  '--anchored',
  `--exclude=./${KEPT_ASIDE}*`,
];

/** Whether the `tar` on PATH is GNU tar. */
export const hasGnuTar = async (): Promise<boolean> => {
  const { stdout } = await promisify(execFile)('tar', ['--version'], { timeout: 5000 }).catch(() => ({
    stdout: '',
  }));
  return stdout.includes('GNU tar');
};

/** Archives with GNU tar, which says what it archived and what went wrong on its error output. */
export const gnuTar: Archiver = (directory, signal) => {
  const messages = new TarMessages();
  return {
    tar: tarOf(directory, messages, signal),
    files: () => messages.files,
    warnings: () => messages.warnings,
  };
};

async function* tarOf(
  directory: string,
  messages: TarMessages,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const child = spawn('tar', [...ARGUMENTS, '--directory', directory, '.'], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const read = readLines(child.stderr, messages);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const [[code, killedBy]] = await Promise.all([closed, read]);
    signal.throwIfAborted();
    if (code !== 0 && code !== 1) throw failure(directory, messages, String(code ?? killedBy));
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    await Promise.allSettled([closed, read]);
  }
}

const readLines = async (stream: Readable, messages: TarMessages): Promise<void> => {
  for await (const line of createInterface({ input: stream })) messages.add(line);
};

const failure = (directory: string, messages: TarMessages, ending: string): Error => {
  const said = messages.warnings.join('; ') || 'it said nothing';
  return said.includes('Permission denied')
    ? unreadable(directory, said)
    : new Error(`tar could not archive ${directory} (${ending}): ${said}`);
};
