import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PermanentError } from '@nocodb-backup/events';
import { closeOf, stopper } from './client-program.js';
import { clientEnvironment, nameOf, type PostgresConnection } from './connection.js';
import { guardedDump } from './dump-guard.js';
import type { Client } from './find-client.js';
import { isTransientOutput, programError } from './postgres-error.js';
import { redacted } from './redacted.js';
import { Tail } from './tail.js';

/** Thrown when the server does not take what a whole dump says. */
export class RejectedDumpError extends PermanentError {}

export interface LoadOptions {
  /** Of `findPsql`. */
  readonly client: Pick<Client, 'path'>;
  readonly serverMajor: number;
  /** SQL before the dump. */
  readonly before?: string;
  /** SQL after the dump; sent only when the dump is whole. A transaction that is committed here is rolled back otherwise. */
  readonly after?: string;
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

type Child = ChildProcessByStdio<Writable, null, Readable>;

const ARGUMENTS = ['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1'];
/** A server whose client has vanished without a word is told so by these. */
const KEEPALIVE =
  'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;';

/**
 * Reads a plain dump into the database with psql, which stops at the first error and can run no commands of its own. psql is dead
 * when this is over. Not psql's --single-transaction: when we are killed psql sees a good end of its input, and would commit.
 * Rejects with Error for what may pass, with PermanentError for a dump that is damaged or that the database does not take.
 */
export const loadDump = async (
  connection: PostgresConnection,
  sql: AsyncIterable<Uint8Array>,
  options: LoadOptions,
): Promise<void> => {
  options.signal?.throwIfAborted();
  const child = start(connection, options);
  const closed = closeOf(child);
  const stderr = new Tail(2048);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr.add(chunk);
  });
  using stop = stopper(child, options);
  try {
    const fed = pipeline(Readable.from(script(sql, options), { objectMode: false }), child.stdin);
    const [feeding, ending] = await Promise.all([outcomeOf(fed), endOf(child, fed, closed)]);
    stop.throwIfStopped(tooLong(connection, options));
    if (ending !== 'exit code 0' && !isOurs(feeding)) throw failure(ending, stderr.text(), connection);
    await fed;
  } finally {
    child.kill('SIGKILL');
    await closed.catch(() => undefined);
  }
};

const start = (connection: PostgresConnection, { client }: LoadOptions): Child =>
  spawn(client.path, ARGUMENTS, {
    env: { ...clientEnvironment(connection), PGAPPNAME: 'nocodb-backup' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });

async function* script(
  sql: AsyncIterable<Uint8Array>,
  { serverMajor, before = '', after = '' }: LoadOptions,
): AsyncGenerator<Uint8Array> {
  const key = randomBytes(24).toString('hex');
  yield Buffer.from(`SET client_encoding = 'UTF8'; ${KEEPALIVE}\n${before}\n\\restrict ${key}\n`);
  yield* guardedDump(sql, serverMajor);
  yield Buffer.from(`\nSET client_encoding = 'UTF8';\n${after}\n`);
}

const outcomeOf = (work: Promise<void>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** A source that fails ends psql: waiting for more, it would take what came for the whole. */
const endOf = async (child: Child, fed: Promise<void>, closed: Promise<string>): Promise<string> => {
  fed.catch(() => child.kill('SIGKILL'));
  return closed;
};

/** Whether feeding failed by itself, and not because psql had ended before it took everything. */
const isOurs = (feeding: unknown): boolean => {
  if (feeding === undefined) return false;
  const { code } = Object(feeding) as { code?: unknown };
  return !['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(
    String(code),
  );
};

const failure = (ending: string, stderr: string, connection: PostgresConnection): Error => {
  if (ending !== 'exit code 3' || isTransientOutput(stderr))
    return programError(`psql ended with ${ending}`, stderr, connection);
  const said = redacted(stderr.trim().slice(-1200), [connection.password]);
  return new RejectedDumpError(`${nameOf(connection)} did not take the dump, psql stopped at: ${said}`);
};

const tooLong =
  (connection: PostgresConnection, { timeoutSeconds }: LoadOptions) =>
  (): Error =>
    new PermanentError(
      `the restore into ${nameOf(connection)} took longer than ${timeoutSeconds} seconds and was stopped: ` +
        'raise NOCODB_BACKUP_DATABASE_RESTORE_TIMEOUT',
    );
