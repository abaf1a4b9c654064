import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { closeOf, stopper } from './client-program.js';
import { clientEnvironment, nameOf, type PostgresConnection } from './connection.js';
import { isDumpEnd } from './dump-end.js';
import type { Client } from './find-client.js';
import { programError } from './postgres-error.js';
import { Tail } from './tail.js';

export interface DumpOptions {
  readonly client: Pick<Client, 'path'>;
  /** Of `withSnapshot`: dump that instant. */
  readonly snapshot?: string;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * What becomes of pg_dump's output, such as compressing it; as it is, if not given. Called in the tick in which pg_dump is started, so that
   * the output can be handed to another program.
   */
  readonly through?: (output: Readable, signal: AbortSignal) => Passage;
}

/** pg_dump's output on its way. */
export interface Passage {
  /** What comes out. Throws when something went wrong on the way; pg_dump's own failure is not its affair. */
  readonly content: AsyncIterable<Uint8Array>;
  /** Bytes of SQL so far. */
  readonly rawBytes: number;
  /** The last bytes of the SQL, once `content` has ended well: enough to see the last line of a dump. */
  readonly rawTail: Uint8Array;
}

/** A running dump. */
export interface Dump {
  /**
   * The SQL text, or what `through` makes of it. Ends well only when pg_dump ended well and its last line was there; else the iteration
   * throws. pg_dump starts with the first read, and is dead when the iteration is over, however it ends.
   */
  readonly content: AsyncIterable<Uint8Array>;
  /** Bytes of SQL so far. */
  readonly bytes: number;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const ARGUMENTS = ['--format=plain', '--no-owner', '--no-acl', '--no-password', '--lock-wait-timeout=60000'];

/** Dumps the database with pg_dump, as plain SQL that psql restores into an empty database. */
export const dumpDatabase = (connection: PostgresConnection, options: DumpOptions): Dump => {
  let passage: Passage | undefined;
  const begun = (begin: () => Passage) => (passage = begin());
  return {
    content: contentOf(connection, options, begun),
    get bytes() {
      return passage?.rawBytes ?? 0;
    },
  };
};

async function* contentOf(
  connection: PostgresConnection,
  options: DumpOptions,
  begun: (begin: () => Passage) => Passage,
): AsyncGenerator<Uint8Array> {
  options.signal?.throwIfAborted();
  const child = start(connection, options);
  const closed = closeOf(child);
  const stderr = new Tail(4096);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr.add(chunk);
  });
  using stop = stopper(child, options);
  // What could not be started has no output to hand on.
  const { through = asItIs } = child.pid === undefined ? {} : options;
  try {
    const passage = begun(() => through(child.stdout, stop.signal));
    yield* untilStopped(passage.content, () => {
      stop.throwIfStopped(tooLong(connection, options));
    });
    const ending = await closed;
    stop.throwIfStopped(tooLong(connection, options));
    if (ending !== 'exit code 0')
      throw programError(`pg_dump ended with ${ending}`, stderr.text(), connection);
    if (!isDumpEnd(Buffer.from(passage.rawTail).toString('utf8')))
      throw new Error(
        `the dump of ${nameOf(connection)} is cut short: pg_dump reported success, but its last line is missing`,
      );
  } finally {
    child.kill('SIGKILL');
    await closed.catch(() => undefined);
  }
}

/** The content; where it fails because pg_dump was stopped, that is the error. */
async function* untilStopped(
  content: AsyncIterable<Uint8Array>,
  throwIfStopped: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throwIfStopped();
    throw error;
  }
}

const asItIs = (output: Readable): Passage => {
  const tail = new Tail(1024);
  let bytes = 0;
  const content = async function* () {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      tail.add(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  return {
    content: content(),
    get rawBytes() {
      return bytes;
    },
    get rawTail() {
      return tail.bytes();
    },
  };
};

const start = (connection: PostgresConnection, { client, snapshot }: DumpOptions): Child =>
  spawn(client.path, [...ARGUMENTS, ...(snapshot === undefined ? [] : [`--snapshot=${snapshot}`])], {
    env: clientEnvironment(connection),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const tooLong =
  (connection: PostgresConnection, { timeoutSeconds }: DumpOptions) =>
  (): Error =>
    new Error(
      `the dump of ${nameOf(connection)} took longer than ${timeoutSeconds} seconds and was stopped: ` +
        'raise NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT',
    );
