// Shows the whole thing on a real NocoDB with a workspace full of data. `npm run demo`; with --keep it stays until Ctrl-C.
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { backUp } from './demo-backup.mjs';
import { loseAndRestore } from './demo-restore.mjs';
import { withServices } from './demo-services.mjs';

const root = join(import.meta.dirname, '..');
const started = performance.now();
const stopped = new AbortController();
const { signal } = stopped;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => stopped.abort(new Error('interrupted')));

let lastSaid = started;
const say = (line) => {
  lastSaid = performance.now();
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`[${String(seconds).padStart(4)} s] ${line}\n`);
};

/** Repeats a step's name when nothing was said for ten seconds: nobody shall wonder whether it still runs. */
const step = async (name, work) => {
  signal.throwIfAborted();
  say(name);
  const reminder = setInterval(
    () => performance.now() - lastSaid > 10_000 && say(`${name} (still at it)`),
    1_000,
  );
  try {
    return await work();
  } finally {
    clearInterval(reminder);
  }
};

const build = () => {
  const { status } = spawnSync('tsc', ['-b'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error('the build failed: see above');
};

const describe = ({ nocodb, workspace }) => {
  const tables = workspace.bases.flatMap((base) => base.tables);
  const records = tables.reduce((sum, table) => sum + table.records, 0);
  say(`NocoDB is up at ${nocodb.url} (${nocodb.adminEmail}, password ${nocodb.adminPassword})`);
  say(`it holds ${workspace.bases.length} bases, ${tables.length} tables, ${records} records`);
};

const demo = async () => {
  await step('building', build);
  const { ensureNocoDb, ensurePostgres, freePort, startSeededNocoDb } =
    await import('../libs/testing/dist/index.js');
  await step('looking for PostgreSQL', () => ensurePostgres({ say }));
  await step('looking for NocoDB', () => ensureNocoDb(say, signal));
  const environment = await step('starting PostgreSQL and NocoDB with a seeded workspace', () =>
    startSeededNocoDb({ say, signal }),
  );
  try {
    describe(environment);
    await withServices(environment, { say, signal, natsPort: await freePort() }, async (services) => {
      const id = await backUp(services);
      await loseAndRestore(environment, { ...services, say }, id);
    });
    if (process.argv.includes('--keep')) {
      say('press Ctrl-C to end');
      await sleep(2 ** 31 - 1, undefined, { signal });
    }
  } finally {
    say('cleaning up');
    await environment.stop();
  }
};

try {
  await demo();
  say('done');
} catch (error) {
  say(
    signal.aborted
      ? 'interrupted'
      : `the demo failed: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = signal.aborted ? 130 : 1;
}
