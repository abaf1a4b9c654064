import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer, greetingOf } from '@nocodb-backup/nats-server';
import { freePort, poll } from '@nocodb-backup/testing';
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

const withAllUsers = (text: string): string => text.replaceAll('# { user:', '{ user:');

interface Options {
  /** What an operator would change in nats.conf. */
  readonly edit?: (text: string) => string;
  readonly env?: Readonly<Record<string, string>>;
  /** Puts files beside nats.conf. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Starts a nats-server with a copy of deploy/nats on a port and a store of its own, by default with the users that are commented out there. */
export const startShippedNats = async (options: Options = {}): Promise<ShippedNats> => {
  const { edit = withAllUsers, env = passwords, prepare } = options;
  const folder = await mkdtemp(join(tmpdir(), 'shipped-nats-'));
  await cp(join(import.meta.dirname, '../../../../deploy/nats'), folder, { recursive: true });
  await prepare?.(folder);
  const port = await freePort();
  const file = join(folder, 'nats.conf');
  const shipped = await readFile(file, 'utf8');
  await writeFile(
    file,
    edit(shipped)
      .replace('0.0.0.0:4222', `127.0.0.1:${port}`)
      .replace('http: "127.0.0.1:8222"', '')
      .replace('/var/lib/nats', join(folder, 'store')),
  );
  const log = join(folder, 'nats.log');
  const child = spawn(await findNatsServer(), ['--config', file, '--log', log], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(await readFile(log, 'utf8'));
    const greeting = await greetingOf({ host: '127.0.0.1', port }, AbortSignal.timeout(2000));
    return typeof greeting === 'object' && greeting.jetstream;
  };
  try {
    await poll(answers, AbortSignal.timeout(20_000));
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `127.0.0.1:${port}`, folder, log: () => readFile(log, 'utf8'), stop };
};
