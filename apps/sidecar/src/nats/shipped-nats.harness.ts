import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNatsServer } from '@nocodb-backup/nats-server';
import { roles } from './roles.js';

/** A server with the configuration of deploy/nats. */
export interface ShippedNats {
  /** Without a scheme. */
  readonly address: string;
  readonly folder: string;
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Letters in front: the server would take some passwords that begin with a digit for numbers. */
export const passwordOf = (user: string): string => `pw-of-${user}`;

const passwords = Object.fromEntries(
  roles.map(({ name }) => [`NATS_${name.toUpperCase()}_PASSWORD`, passwordOf(name)]),
);

/** Takes the `#` from the lines of users. */
export const withAllUsers = (text: string): string => text.replaceAll('# { user:', '{ user:');

interface Options {
  /** What an operator would change in nats.conf. */
  readonly edit?: (text: string) => string;
  readonly env?: Readonly<Record<string, string>>;
  /** Puts files beside nats.conf. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Starts a nats-server with a copy of deploy/nats on a port and a store of its own, by default with the users that are commented out there. */
export const startShippedNats = async (options: Options = {}): Promise<ShippedNats> => {
  const folder = await mkdtemp(join(tmpdir(), 'shipped-nats-'));
  const file = await configuration(folder, options);
  const log = join(folder, 'nats.log');
  const args = ['--config', file, '--log', log, '--ports_file_dir', folder];
  const child = spawn(await findNatsServer(), args, {
    env: options.env ?? passwords,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { address: await addressOf(child, folder), folder, log: () => readFile(log, 'utf8'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The server writes where it listens once it does. */
const addressOf = async (child: ChildProcess, folder: string): Promise<string> => {
  for (const until = Date.now() + 20_000; Date.now() < until && child.exitCode === null;) {
    const name = (await readdir(folder)).find((file) => file.endsWith('.ports'));
    const address = name && /127\.0\.0\.1:\d+/.exec(await readFile(join(folder, name), 'utf8'))?.[0];
    if (address) return address;
    await sleep(25);
  }
  throw new Error('nats-server did not come up: see its word above');
};

/** Writes the configuration to the folder; returns its main file. */
const configuration = async (folder: string, { edit = withAllUsers, prepare }: Options): Promise<string> => {
  await cp(join(import.meta.dirname, '../../../../deploy/nats'), folder, { recursive: true });
  await prepare?.(folder);
  const file = join(folder, 'nats.conf');
  const shipped = await readFile(file, 'utf8');
  await writeFile(
    file,
    edit(shipped)
      .replace('0.0.0.0:4222', '127.0.0.1:-1')
      .replace('http: "127.0.0.1:8222"', '')
      .replace('/var/lib/nats', join(folder, 'store')),
  );
  return file;
};
