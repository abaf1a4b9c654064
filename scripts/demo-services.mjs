// `nocodb-backup up` beside a running NocoDB, in a temporary folder, and the command line that talks to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../apps/sidecar/bin/nocodb-backup.js');
const readyMs = 60_000;
const isOurs = /^(NOCODB_|DATABASE_|NATS_|LOG_LEVEL)/;

/** Runs all services while `work` goes on, with `show` (prints what a verb prints) and `output` (answers it). */
export const withServices = async ({ nocodb }, { say, signal, natsPort }, work) => {
  const folder = await mkdtemp(join(tmpdir(), 'nocodb-backup-demo-'));
  const env = { ...variables(folder, nocodb, natsPort), NOCODB_API_TOKEN: await nocodb.createToken('demo') };
  const services = startServices(folder, env);
  const show = (...args) => run(args, { folder, env, say, signal });
  try {
    await ready(services, signal);
    say('all services and an event log are up, in one process');
    await work({ show, output: (...args) => output(args, { folder, env }), token: env.NOCODB_API_TOKEN });
  } catch (error) {
    if (!signal.aborted) say(`the end of the services' log:\n${await tail(services.logFile)}`);
    throw error;
  } finally {
    await end(services.child);
    await rm(folder, { recursive: true, force: true });
  }
};

const variables = (folder, nocodb, natsPort) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs.test(name))),
  NATS_URL: `nats://127.0.0.1:${natsPort}`,
  NOCODB_BACKUP_STATE_DIR: join(folder, 'state'),
  NOCODB_BACKUP_DIR: join(folder, 'vault'),
  NOCODB_BACKUP_SCHEDULE_ENABLED: 'false',
  NOCODB_API_URL: nocodb.url,
  NOCODB_DATA_PATH: nocodb.dataDir,
  DATABASE_URL: nocodb.databaseUrl,
});

const startServices = (folder, env) => {
  const logFile = join(folder, 'up.log');
  const child = spawn(process.execPath, [program, 'up'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.pipe(createWriteStream(logFile));
  return { child, logFile };
};

/** Resolves once the log says that every service is up; throws when the process ends before. */
const ready = async ({ child, logFile }, signal) => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(readyMs)]);
  for await (const _ of everyTenth(limit)) {
    if (child.exitCode !== null) throw new Error(`the services ended with exit code ${child.exitCode}`);
    if ((await readFile(logFile, 'utf8').catch(() => '')).includes('"up: ')) return;
  }
};

const everyTenth = async function* (signal) {
  for (;;) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
    yield;
  }
};

const run = async (args, { folder, env, say, signal }) => {
  signal.throwIfAborted();
  say(`$ nocodb-backup ${args.join(' ')}`);
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  const [exitCode] = await once(child, 'exit');
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return exitCode;
};

const output = async (args, { folder, env }) => {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await Array.fromAsync(child.stdout)).join('');
};

const tail = async (file) => (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(-15).join('\n');

const end = async (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await once(child, 'exit');
  clearTimeout(force);
};
