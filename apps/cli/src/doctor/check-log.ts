import { mayDoAnything } from '@nocodb-backup/messaging';
import { greetingOf, loopbackAddress } from '@nocodb-backup/nats-server';
import { NatsConfig, parseConfig } from '@nocodb-backup/service';
import type { CliContext } from '../context.js';
import { LogMissing, openLog } from '../open-log.js';
import { type Check, fail, type Finding, ok, warn } from './check.js';

/** NATS answers, runs JetStream, and holds the event log. */
export const logCheck = (context: CliContext): Check => ({
  name: 'event log',
  find: async (signal) => {
    const { NATS_URL } = parseConfig(NatsConfig, context.environment());
    const address = loopbackAddress(NATS_URL);
    if (address && (await greetingOf(address, signal)) === undefined)
      return warn(
        `nothing answers at nats://${address.host}:${address.port}`,
        'nocodb-backup up starts a nats-server there. If it runs already, see its output',
      );
    return reached({ ...context, signal }, address !== undefined);
  },
});

const reached = async (context: CliContext, isHere: boolean): Promise<Finding> => {
  try {
    await using open = await openLog(context);
    const { version = 'unknown' } = open.connection.nats.info ?? {};
    const found = `NATS ${version} with JetStream, the log is there`;
    if (isHere || !(await mayDoAnything(open.connection))) return ok(found);
    return warn(
      `${found}, and everybody who reaches it may change and delete it`,
      'Give each service a NATS user with rights of its own: docs/nats.md',
    );
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
