// How long the catalog takes to rebuild itself from a log of a million events, and how much memory. `npm run bench:catalog`; bench/README.md tells more.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    backups: { type: 'string', default: '2500' },
    tables: { type: 'string', default: '131' },
    /** Keeps the log there, and takes the one that is there. */
    dir: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '..');
const stopped = new AbortController();
const { signal } = stopped;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => stopped.abort(new Error('interrupted')));
const say = (line) => process.stderr.write(`${line}\n`);

const build = () => {
  const at = { cwd: root, stdio: ['ignore', 2, 2] };
  if (spawnSync('tsc', ['-b'], at).status !== 0) throw new Error('the build failed: see above');
};

const peakOf = (pid) =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);

/** User and system time so far; the kernel counts in hundredths. */
const cpuSecondsOf = (pid) => {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) / 100;
};

/** A catalog in a process of its own, from its start until it has all of the log. */
const catalogTakes = async (env, port, events) => {
  const begun = performance.now();
  const child = spawn(process.execPath, [join(root, 'apps/catalog/dist/main.js')], {
    env: { ...process.env, ...env, NOCODB_BACKUP_HTTP_PORT: String(port), LOG_LEVEL: 'error' },
    stdio: ['ignore', 2, 2],
  });
  const ended = once(child, 'exit');
  try {
    for (;;) {
      signal.throwIfAborted();
      if (child.exitCode !== null) throw new Error(`the catalog ended with ${child.exitCode}`);
      const status = await fetch(`http://127.0.0.1:${port}/api/status`).then(
        (answer) => answer.json(),
        () => undefined,
      );
      if (status?.state === 'following' && status.sequence === events) break;
      await pause(100);
    }
    const seconds = (performance.now() - begun) / 1000;
    const cpuSeconds = cpuSecondsOf(child.pid);
    const listed = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/api/backups?all=true&limit=1000`);
    const bytes = (await answer.arrayBuffer()).byteLength;
    return {
      seconds,
      cpuSeconds,
      peakMiB: peakOf(child.pid),
      thousandBackups: { milliseconds: performance.now() - listed, bytes },
    };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
};

/** `list` of all backups by the command line, which folds the log by itself. */
const listTakes = (url) => {
  const begun = performance.now();
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'apps/sidecar/bin/nocodb-backup.js'), 'list', '--all', '--json'],
    {
      env: { ...process.env, NATS_URL: url, NOCODB_BACKUP_DIR: '/nowhere/at/all' },
      stdio: ['ignore', 'ignore', 2],
      maxBuffer: 1e9,
    },
  );
  if (status !== 0) throw new Error(`list ended with ${status}`);
  return { seconds: (performance.now() - begun) / 1000 };
};

/** A log that is kept is filled once. */
const filled = async (url, size, fillLog) => {
  const { connect, EventLog } = await import('@nocodb-backup/messaging');
  const connection = await connect({ servers: url, name: 'bench' });
  try {
    const info = await new EventLog(connection, 'bench').info().catch(() => undefined);
    if (info && info.lastSequence > 0) return info.lastSequence;
  } finally {
    await connection.close();
  }
  return fillLog(url, size, { say, signal });
};

const measure = async (cleanUps) => {
  const { freePort, startNats, startPostgres } = await import('@nocodb-backup/testing');
  const { fillLog } = await import('./catalog/fill-log.mjs');
  const nats = await startNats(options.dir === undefined ? {} : { dir: options.dir });
  cleanUps.push(() => nats.stop());
  const postgres = await startPostgres();
  cleanUps.push(() => postgres.stop());
  const size = { backups: Number(options.backups), tables: Number(options.tables) };
  const events = await filled(nats.url, size, fillLog);
  say(`${events} events; each catalog builds its tables from them`);
  const env = { NATS_URL: nats.url };
  const memory = await catalogTakes(env, await freePort(), events);
  say(`in memory: ${JSON.stringify(memory)}`);
  const url = await postgres.createDatabase('catalog', 'keeper');
  const onPostgres = await catalogTakes({ ...env, CATALOG_DATABASE_URL: url }, await freePort(), events);
  say(`on PostgreSQL: ${JSON.stringify(onPostgres)}`);
  return { events, load: loadavg()[0], memory, postgres: onPostgres, list: listTakes(nats.url) };
};

const cleanUps = [];
try {
  if (!options['no-build']) build();
  const { ensurePostgres } = await import('@nocodb-backup/testing');
  await ensurePostgres({ say });
  process.stdout.write(`${JSON.stringify(await measure(cleanUps), undefined, 2)}\n`);
} catch (error) {
  say(signal.aborted ? 'interrupted' : `the benchmark failed: ${error.stack}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  for (const cleanUp of cleanUps.reverse())
    await Promise.resolve(cleanUp()).catch((error) => say(`clearing away: ${error.message}`));
}
