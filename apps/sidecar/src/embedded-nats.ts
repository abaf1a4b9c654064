import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { type Address, findNatsServer, greetingOf, loopbackAddress } from '@nocodb-backup/nats-server';
import { ConfigError } from '@nocodb-backup/service';

/** The nats-server that this process started and keeps alive. */
export interface EmbeddedNats {
  /** Ends it in good order; after ten seconds by force. */
  stop(): Promise<void>;
}

interface Options {
  readonly url: string;
  readonly stateDir: string;
  readonly logger: LoggerService;
}

const START_MS = 30_000;
const STOP_MS = 10_000;
const RESTART_PAUSE_MS = 500;
const SETPRIV = '/usr/bin/setpriv';

/**
 * Starts a nats-server where the URL names a loopback address at which nothing answers; its store lies in the state
 * directory. Returns undefined where one answers already, or where the URL names another machine.
 * Throws a ConfigError when something else answers there, or when the server does not come up.
 */
export const embeddedNats = async ({ url, stateDir, logger }: Options): Promise<EmbeddedNats | undefined> => {
  const address = loopbackAddress(url);
  if (!address) return undefined;
  const greeting = await greetingOf(address, AbortSignal.timeout(5000));
  if (greeting === 'stranger')
    throw new ConfigError([
      `NATS_URL: what answers at ${address.host}:${address.port} is no NATS server. Choose another port`,
    ]);
  if (greeting) {
    logger.log(`using the nats-server ${greeting.version} that answers at ${address.host}:${address.port}`);
    return undefined;
  }
  return supervise(await launcher(address, stateDir), address, logger);
};

/** Prepares the store and returns what starts the server on it. */
const launcher = async ({ host, port }: Address, stateDir: string): Promise<() => ChildProcess> => {
  const directory = join(stateDir, 'nats');
  const file = join(directory, 'nats.conf');
  const binary = await findNatsServer();
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(file, configuration(`${host}:${port}`, join(directory, 'store')));
  } catch (error) {
    throw new ConfigError([
      `NOCODB_BACKUP_STATE_DIR: ${directory} cannot be written: ${(error as Error).message}`,
    ]);
  }
  // It must outlive Ctrl-C, so that services can hand back their work, but not this process: not even if that is killed.
  const guard = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', '--'] : [];
  const [command, ...args] = [...guard, binary, '--config', file];
  return () => {
    const log = openSync(join(directory, 'nats.log'), 'a');
    try {
      return spawn(command, args, { stdio: ['ignore', log, log], detached: true });
    } finally {
      closeSync(log);
    }
  };
};

/** Every event is synced to the disk before it is confirmed: the standard of two minutes loses them with the power. */
const configuration = (listen: string, store: string): string => `# Written by nocodb-backup at every start.
server_name: nocodb-backup
listen: ${JSON.stringify(listen)}
max_payload: 8MB
jetstream {
  store_dir: ${JSON.stringify(store)}
  sync_interval: always
}
`;

const supervise = async (
  launch: () => ChildProcess,
  address: Address,
  logger: LoggerService,
): Promise<EmbeddedNats> => {
  const stopping = new AbortController();
  let child = launch();
  await answering(child, address);
  logger.log(`started a nats-server at ${address.host}:${address.port}`);
  const keepAlive = async () => {
    for (;;) {
      await ended(child);
      if (stopping.signal.aborted) return;
      logger.error(
        `the nats-server ended (${String(child.signalCode ?? child.exitCode)}), starting it again`,
      );
      await sleep(RESTART_PAUSE_MS);
      child = launch();
    }
  };
  const kept = keepAlive();
  return {
    stop: async () => {
      stopping.abort();
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await kept;
      clearTimeout(force);
    },
  };
};

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

const answering = async (child: ChildProcess, address: Address): Promise<void> => {
  const until = Date.now() + START_MS;
  while (Date.now() < until && child.exitCode === null && child.signalCode === null) {
    const greeting = await greetingOf(address, AbortSignal.timeout(2000));
    if (greeting !== undefined && greeting !== 'stranger' && greeting.jetstream) return;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new ConfigError([
    `NATS_URL: the embedded nats-server did not come up at ${address.host}:${address.port}; nats.log in NOCODB_BACKUP_STATE_DIR tells why`,
  ]);
};
