import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNatsServer, greetingOf } from '@nocodb-backup/nats-server';
import { freePort } from '../process/free-port.js';
import { type RunningServer, runServer } from '../process/run-server.js';
import { serverFolder } from '../process/server-folder.js';

/** What a test may choose about its nats-server. */
export interface NatsOptions {
  /** Keeps configuration, log and store here, and leaves them at the end; without it a temporary folder that `stop()` removes. */
  readonly dir?: string;
  /** A free port if none is given. */
  readonly port?: number;
  /** Further lines for the server's configuration file. */
  readonly config?: string;
  /** Further lines for the `jetstream` block of that file. */
  readonly jetstream?: string;
  readonly signal?: AbortSignal;
}

/** A nats-server with JetStream that lives as long as a test. */
export interface NatsServer extends RunningServer {
  readonly url: string;
  readonly port: number;
  readonly name: string;
  readonly storeDir: string;
}

/** Starts nats-server with JetStream and a file store; the server that answers on the port is the one that was started. */
export const startNats = async (options: NatsOptions = {}): Promise<NatsServer> => {
  const { dir, remove } = await serverFolder('nats', options.dir);
  const port = options.port ?? (await freePort());
  const name = `test-${randomUUID()}`;
  const storeDir = join(dir, 'store');
  await mkdir(storeDir, { recursive: true });
  const file = join(dir, 'nats.conf');
  await writeFile(file, configuration({ name, port, storeDir }, options));
  const server = await runServer(
    { ...program({ name, port, dir, file, command: await findNatsServer() }), afterStop: remove },
    options.signal,
  );
  return Object.assign(server, { url: `nats://127.0.0.1:${port}`, port, name, storeDir });
};

interface Program {
  readonly name: string;
  readonly port: number;
  readonly dir: string;
  readonly file: string;
  readonly command: string;
}

const program = ({ name, port, dir, file, command }: Program) => ({
  name: 'nats-server',
  command,
  args: ['--config', file],
  logFile: join(dir, 'nats.log'),
  ready: async (signal: AbortSignal) => {
    const greeting = await greetingOf({ host: '127.0.0.1', port }, signal);
    return typeof greeting === 'object' && greeting.server_name === name && greeting.jetstream === true;
  },
});

const configuration = (
  { name, port, storeDir }: { name: string; port: number; storeDir: string },
  { config = '', jetstream = '' }: NatsOptions,
) => `server_name: ${JSON.stringify(name)}
listen: "127.0.0.1:${port}"
jetstream {
store_dir: ${JSON.stringify(storeDir)}
${jetstream}
}
${config}
`;
