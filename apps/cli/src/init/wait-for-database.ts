import { setTimeout } from 'node:timers/promises';
import { PermanentError } from '@nocodb-backup/events';
import { codeBehind, nameOf, type PostgresConnection, withSession } from '@nocodb-backup/postgres';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';

export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly limitSeconds: number;
  /** Told why it waits, once for each reason. */
  readonly told: (reason: string) => void;
  readonly everyMs?: number;
}

const NO_SUCH_DATABASE = '3D000';

/**
 * The version of the server once its database can be used; undefined when the server is there and has no such database, which NocoDB
 * makes itself. Rejects with CliError when it does not answer in time, or lets this user not in.
 */
export const waitForDatabase = async (
  connection: PostgresConnection,
  { signal, limitSeconds, told, everyMs = 1000 }: WaitOptions,
): Promise<string | undefined> => {
  const limit = AbortSignal.timeout(limitSeconds * 1000);
  const either = AbortSignal.any([signal, limit]);
  let reason = 'it does not answer';
  for (;;) {
    try {
      return await versionOf(connection, either);
    } catch (error) {
      signal.throwIfAborted();
      if (codeBehind(error) === NO_SUCH_DATABASE) return undefined;
      if (error instanceof PermanentError)
        throw new CliError(ExitCode.failed, error.message, { cause: error });
      if (!limit.aborted && reason !== (reason = (error as Error).message)) told(reason);
    }
    await setTimeout(everyMs, undefined, { signal: either }).catch(() => undefined);
    signal.throwIfAborted();
    if (limit.aborted) throw tooLate(connection, limitSeconds, reason);
  }
};

const versionOf = (connection: PostgresConnection, signal: AbortSignal): Promise<string> =>
  withSession(connection, { signal }, async (session) => {
    const [row] = await session.rows(Version, "SELECT current_setting('server_version') AS version");
    return row?.version ?? 'of an unknown version';
  });

const Version = z.object({ version: z.string() });

const tooLate = (connection: PostgresConnection, seconds: number, reason: string): CliError =>
  new CliError(
    ExitCode.failed,
    `${nameOf(connection)} could not be used within ${seconds} s (INIT_DATABASE_TIMEOUT): ${reason}`,
  );
