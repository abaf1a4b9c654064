import { type Connection, connect, EventLog } from '@nocodb-backup/messaging';
import { connectOptions, NatsConfig, parseConfig } from '@nocodb-backup/service';
import { CliError } from './cli-error.js';
import type { CliContext } from './context.js';
import { ExitCode } from './exit-code.js';

/** The event log, for as long as a verb needs it. */
export interface OpenLog extends AsyncDisposable {
  readonly log: EventLog;
  readonly connection: Connection;
}

/** Thrown when there is no event log to talk to: NATS does not answer, or no service has ever run with it. */
export class LogUnreachable extends CliError {
  constructor(message: string, options?: ErrorOptions) {
    super(ExitCode.failed, message, options);
  }
}

/** Thrown when NATS answers, but no service has ever run with it. */
export class LogMissing extends LogUnreachable {}

const patienceMs = 5000;
const streamNotFound = 10059;

/** Connects to the event log and sees that it is there. Throws LogUnreachable, and ConfigError for wrong variables. */
export const openLog = async (context: CliContext, timeoutMs = patienceMs): Promise<OpenLog> => {
  const open = await openServer(context, timeoutMs);
  try {
    await checkStream(open.log, context.signal);
    return open;
  } catch (error) {
    await open.connection.close();
    throw error;
  }
};

/** The same where there may be no log yet. */
export const openServer = async (context: CliContext, timeoutMs = patienceMs): Promise<OpenLog> => {
  const settings = parseConfig(NatsConfig, context.environment());
  const connection = await reached(settings, timeoutMs, context.signal);
  const log = new EventLog(connection, 'cli');
  return { log, connection, [Symbol.asyncDispose]: () => connection.close() };
};

const reached = async (settings: NatsConfig, timeoutMs: number, signal: AbortSignal): Promise<Connection> => {
  try {
    return await connect({ ...connectOptions(settings, 'nocodb-backup'), timeoutMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new LogUnreachable(
      `${(error as Error).message}\nIf no services run on this machine, start them: nocodb-backup up`,
      { cause: error },
    );
  }
};

/** Reads nothing; fails where there is no stream. */
const checkStream = async (log: EventLog, signal: AbortSignal): Promise<void> => {
  try {
    for await (const _ of log.read('evt.none.>', { signal })) return;
  } catch (error) {
    if ((error as { code?: unknown }).code !== streamNotFound) throw error;
    throw new LogMissing(
      'NATS answers, but holds no event log: no service has run with it yet. Start them: nocodb-backup up',
      { cause: error },
    );
  }
};
