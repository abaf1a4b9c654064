// What a dump costs: the dumper's whole way beside `pg_dump | gzip -6` and `pg_dump > /dev/null`, in turns. `npm run bench:dump`; bench/README.md tells more.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuSeconds, offspring, peakResident } from './footprint/child.mjs';
import { fillDatabase } from './footprint/fill-database.mjs';

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '3' },
    'no-build': { type: 'boolean', default: false },
  },
});
const LOOK_MS = 25;

const stopped = new AbortController();
const { signal } = stopped;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => stopped.abort(new Error('interrupted')));
const say = (line) => process.stderr.write(`${line}\n`);

const build = () => {
  const at = { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 2, 2] };
  if (spawnSync('tsc', ['-b', 'apps/dumper', 'libs/testing'], at).status !== 0)
    throw new Error('the build failed: see above');
};

/** The programs that take turns. Each is a process of its own, with all that it starts. */
const contestants = (url, folder) => {
  const dumper = (format) => [
    process.execPath,
    [join(import.meta.dirname, 'dump-once.mjs'), url, folder, format],
    'ignore',
  ];
  return {
    floor: ['pg_dump', [url], '/dev/null'],
    gzip: dumper('gzip'),
    zstd: dumper('zstd'),
    'pg_dump | gzip -6': [
      'bash',
      ['-o', 'pipefail', '-c', 'pg_dump "$0" | gzip -6 && sync -d "$1"', url, folder],
      'out',
    ],
  };
};

const run = async ([program, args, to], { folder, postgresPid }) => {
  const out = to === 'ignore' ? undefined : openSync(to === 'out' ? join(folder, 'out.gz') : to, 'w');
  const server = () => cpuSeconds(postgresPid);
  const [servers, start] = [server(), performance.now()];
  const child = spawn(program, args, { stdio: ['ignore', out ?? 'ignore', 'inherit'], signal });
  const peaks = new Map();
  const timer = setInterval(() => {
    for (const { pid, name } of [{ pid: child.pid, name: program }, ...offspring(child.pid)])
      peaks.set(`${name.split('/').at(-1)} ${pid}`, peakResident(pid));
  }, LOOK_MS);
  const [code] = await once(child, 'exit');
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  if (out !== undefined) closeSync(out);
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return { seconds, serverCpu: server() - servers, resident: [...peaks.values()].reduce((a, b) => a + b, 0) };
};

/** CPU seconds of everything that this process started and that has ended. */
const childrenCpu = () => {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
};

const measure = async (cleanUps) => {
  const { ensureIgzip, ensureZstd, startPostgres } = await import('@nocodb-backup/testing');
  process.env.PATH = [process.env.PATH, await ensureIgzip(say), await ensureZstd(say)].join(':');
  const postgres = await startPostgres();
  cleanUps.push(() => postgres.stop());
  const url = await postgres.createDatabase('nocodb', 'nocodb');
  const query = (sql) => postgres.query(sql, undefined, 'nocodb');
  await fillDatabase(query, Number(options.megabytes) * 1e6, { say, signal });
  await query('VACUUM ANALYZE');
  const [{ data_directory: data }] = await query('SHOW data_directory');
  const postgresPid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  const folder = mkdtempSync(join(tmpdir(), 'bench-dump-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const all = contestants(url, folder);
  const runs = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  for (let round = 0; round < Number(options.rounds); round++) {
    const names = round % 2 === 0 ? Object.keys(all) : Object.keys(all).reverse();
    for (const name of names) {
      const before = childrenCpu();
      const figures = await run(all[name], { folder, postgresPid });
      const clientCpu = childrenCpu() - before;
      runs[name].push({ ...figures, clientCpu, cpu: clientCpu + figures.serverCpu });
      say(`round ${round + 1}, ${name}: ${figures.seconds.toFixed(2)} s, ${clientCpu.toFixed(2)} CPU s`);
      rmSync(join(folder, 'vault'), { recursive: true, force: true });
    }
  }
  return { cores: cpus().length, load: loadavg()[0], ...summary(runs) };
};

const summary = (runs) => {
  const medians = Object.fromEntries(
    Object.entries(runs).map(([name, all]) => [
      name,
      Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((run) => run[key]))])),
    ]),
  );
  const ratio = (key, a, b) => Number((medians[a][key] / medians[b][key]).toFixed(2));
  const ratios = Object.fromEntries(
    ['seconds', 'clientCpu', 'cpu'].map((key) => [
      key,
      {
        'gzip -6 / ours': ratio(key, 'pg_dump | gzip -6', 'gzip'),
        'ours / floor': ratio(key, 'gzip', 'floor'),
        'ours, zstd / floor': ratio(key, 'zstd', 'floor'),
      },
    ]),
  );
  return { medians, ratios, runs };
};

const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

const cleanUps = [];
try {
  if (!options['no-build']) build();
  process.stdout.write(`${JSON.stringify(await measure(cleanUps), undefined, 2)}\n`);
} catch (error) {
  say(signal.aborted ? 'interrupted' : `the benchmark failed: ${error.stack}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  for (const cleanUp of cleanUps.reverse())
    await Promise.resolve(cleanUp()).catch((error) => say(`clearing away: ${error.message}`));
}
