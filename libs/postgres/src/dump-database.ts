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
}

/** A running dump. */
export interface Dump {
  /**
   * The SQL text. Ends well only when pg_dump ended well and its last line is there; else the iteration throws. pg_dump starts with the
   * first read, and is dead when the iteration is over, however it ends.
   */
  readonly sql: AsyncIterable<Uint8Array>;
  /** Bytes of SQL so far. */
  readonly bytes: number;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const ARGUMENTS = ['--format=plain', '--no-owner', '--no-acl', '--no-password', '--lock-wait-timeout=60000'];

/** Dumps the database with pg_dump, as plain SQL that psql restores into an empty database. */
export const dumpDatabase = (connection: PostgresConnection, options: DumpOptions): Dump => {
  let bytes = 0;
  const count = (length: number) => {
    bytes += length;
  };
  return {
    sql: sqlOf(connection, options, count),
    get bytes() {
      return bytes;
    },
  };
};

async function* sqlOf(
  connection: PostgresConnection,
  options: DumpOptions,
  count: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  options.signal?.throwIfAborted();
  const child = start(connection, options);
  const closed = closeOf(child);
  const stderr = new Tail(4096);
  const tail = new Tail(1024);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr.add(chunk);
  });
  using stop = stopper(child, options);
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      tail.add(chunk);
      count(chunk.length);
      yield chunk;
    }
    const ending = await closed;
    stop.throwIfStopped(tooLong(connection, options));
    if (ending !== 'exit code 0')
      throw programError(`pg_dump ended with ${ending}`, stderr.text(), connection);
    if (!isDumpEnd(tail.text()))
      throw new Error(
        `the dump of ${nameOf(connection)} is cut short: pg_dump reported success, but its last line is missing`,
      );
  } finally {
    child.kill('SIGKILL');
    await closed.catch(() => undefined);
  }
}

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
