import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { Packer } from '@nocodb-backup/compression';
import type { Archiver } from './archive.js';
import { KEPT_ASIDE } from './kept-aside.js';
import { LatePacked } from './late-packed.js';
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
export const gnuTar: Archiver = (directory, packer, signal) => {
  const messages = new TarMessages();
  const packed = new LatePacked();
  packed.content = contentOf(directory, messages, { packer, packed, signal });
  return { packed, files: () => messages.files, warnings: () => messages.warnings };
};

interface Packing {
  readonly packer: Packer;
  readonly packed: LatePacked;
  readonly signal: AbortSignal;
}

async function* contentOf(
  directory: string,
  messages: TarMessages,
  { packer, packed, signal }: Packing,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const child = spawn('tar', [...ARGUMENTS, '--directory', directory, '.'], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  closed.catch(() => undefined);
  const read = readLines(child.stderr, messages);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    // What could not be started has no output to hand on.
    if (child.pid === undefined) await closed;
    yield* packed.begin(packer.ofProgram(child.stdout, signal));
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
