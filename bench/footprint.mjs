// How much memory and time a backup takes, and how that compares with pg_dump | gzip. `npm run bench:footprint`; bench/README.md tells more.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from './footprint/report.mjs';

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    records: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '2' },
    limit: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const size = { bytes: Number(options.megabytes) * 1e6, records: Number(options.records) };
const limitMiB = Number(options.limit);

const stopped = new AbortController();
const { signal } = stopped;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => stopped.abort(new Error('interrupted')));

const started = performance.now();
const say = (line) =>
  process.stderr.write(
    `[${String(Math.round((performance.now() - started) / 1000)).padStart(4)} s] ${line}\n`,
  );

const build = () => {
  const { status } = spawnSync('tsc', ['-b'], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the build failed: see above');
};

/** Does the work and clears away what it registered, in reverse order, also when it fails or is interrupted. */
const cleaned = async (work) => {
  const cleanUps = [];
  try {
    return await work({ say, signal, cleanUps });
  } finally {
    for (const cleanUp of cleanUps.reverse())
      await Promise.resolve(cleanUp()).catch((error) => say(`clearing away: ${error.message}`));
  }
};

const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

const medians = (runs) =>
  Object.fromEntries(
    ['seconds', 'cpuSeconds', 'bytes'].map((key) => [key, median(runs.map((run) => run[key]))]),
  );

/** Ours, theirs, ours, theirs: what else the machine does hits both. */
const compare = async (source, installation, context, pgDumpGzip) => {
  const ours = [];
  const theirs = [];
  for (let round = 1; round <= Number(options.rounds); round++) {
    say(`round ${round}: backup --db-only`);
    const backup = await installation.backUp('--db-only');
    ours.push({ ...backup.parts.find(({ part }) => part === 'sealed'), cpuSeconds: backup.cpuSeconds });
    say(`round ${round}: pg_dump | gzip -6`);
    theirs.push(await pgDumpGzip(source, installation.folder, context));
  }
  if (ours.length === 0) return undefined;
  const [our, their] = [medians(ours), medians(theirs)];
  const ratio = Object.fromEntries(Object.keys(our).map((key) => [key, our[key] / their[key]]));
  return { ours: our, theirs: their, ratio, runs: { ours, theirs } };
};

const judged = ({ processes, programs }) => [
  ...Object.entries(processes).map(([name, peakBytes]) => ({
    name,
    peakBytes,
    within: peakBytes <= limitMiB * 2 ** 20,
  })),
  ...Object.entries(programs).map(([name, peakBytes]) => ({ name: `- ${name}`, peakBytes })),
];

const measure = async (context) => {
  const { startSource } = await import('./footprint/source.mjs');
  const { startServices, startSidecar } = await import('./footprint/installation.mjs');
  const { pgDumpGzip } = await import('./footprint/peer.mjs');
  const [loadBefore] = loadavg();
  const source = await startSource(size, context);
  const services = await cleaned(async (own) => {
    const installation = await startServices(source, own);
    say('a whole backup by separate services');
    const backup = await installation.backUp();
    const comparison = await compare(source, installation, own, pgDumpGzip);
    return { backup, comparison, processes: judged(installation.peaks()) };
  });
  const sidecar = await cleaned(async (own) => {
    const installation = await startSidecar(source, own);
    say('a whole backup by the sidecar');
    return { backup: await installation.backUp(), processes: judged(installation.peaks()) };
  });
  return {
    machine: { cpus: cpus().length, loadBefore, loadAfter: loadavg()[0], node: process.version },
    source: { databaseBytes: source.bytes, records: size.records },
    limitMiB,
    processes: [...services.processes, ...sidecar.processes],
    backups: [
      { title: 'Separate services', ...services.backup },
      { title: 'Sidecar', ...sidecar.backup },
    ],
    comparison: services.comparison,
  };
};

try {
  if (!options['no-build']) build();
  const { ensureNocoDb, ensurePostgres } = await import('@nocodb-backup/testing');
  await ensurePostgres({ say });
  await ensureNocoDb(say, signal);
  const run = await cleaned(measure);
  process.stdout.write(`${options.json ? JSON.stringify(run, undefined, 2) : report(run)}\n`);
  if (run.processes.some(({ within }) => within === false)) process.exitCode = 1;
} catch (error) {
  say(signal.aborted ? 'interrupted' : `the benchmark failed: ${error.stack}`);
  process.exitCode = signal.aborted ? 130 : 1;
}
