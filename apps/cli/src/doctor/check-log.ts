import { connect as connectTcp } from 'node:net';
import { NatsConfig, parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { LogMissing, openLog } from '../open-log.js';
import { type Check, fail, type Finding, ok, warn } from './check.js';

/** NATS answers, runs JetStream, and holds the event log. */
export const logCheck = (context: CliContext): Check => ({
  name: 'event log',
  find: async (signal) => {
    const { NATS_URL } = parseConfig(NatsConfig, context.environment());
    const address = loopbackOf(NATS_URL);
    if (address && !(await answers(address, signal)))
      return warn(
        `nothing answers at ${address.href}`,
        'nocodb-backup up starts a nats-server there. If it runs already, see its output',
      );
    return reached({ ...context, signal });
  },
});

const reached = async (context: CliContext): Promise<Finding> => {
  try {
    await using open = await openLog(context);
    const { version = 'unknown' } = open.connection.nats.info ?? {};
    return ok(`NATS ${version} with JetStream, the log is there`);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof LogMissing)
      return warn('NATS answers, but holds no event log yet', 'nocodb-backup up makes it');
    return fail(
      (error as Error).message,
      'Set NATS_URL (and NATS_USER, NATS_PASSWORD), or start the services: nocodb-backup up',
    );
  }
};

/** The address, if it is one of this machine: there the services bring a nats-server of their own. */
const loopbackOf = (urls: string): URL | undefined => {
  const url = URL.parse(urls.includes('://') ? urls : `nats://${urls}`);
  if (!url || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return undefined;
  url.username = '';
  url.password = '';
  return url;
};

const answers = ({ hostname, port }: URL, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({
      host: hostname.replaceAll(/[[\]]/g, ''),
      port: Number(port || 4222),
      signal,
    });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
