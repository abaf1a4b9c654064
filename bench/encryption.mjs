// What encryption costs: the same database backed up with and without it, in turns. `npm run bench:encryption`; bench/README.md tells more.
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    records: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
    'no-build': { type: 'boolean', default: false },
  },
});
/** Anybody's: nobody decrypts it. */
const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

const stopped = new AbortController();
const { signal } = stopped;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => stopped.abort(new Error('interrupted')));
const say = (line) => process.stderr.write(`${line}\n`);

const build = () => {
  const at = { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 2, 2] };
  if (spawnSync('tsc', ['-b'], at).status !== 0) throw new Error('the build failed: see above');
};

/** Plain, encrypted, encrypted, plain ...: what else the machine does hits both. */
const measure = async (cleanUps) => {
  const { startSource } = await import('./footprint/source.mjs');
  const { startServices } = await import('./footprint/installation.mjs');
  const context = { say, signal, cleanUps };
  const size = { bytes: Number(options.megabytes) * 1e6, records: Number(options.records) };
  const source = await startSource(size, context);
  const installations = {
    plain: await startServices(source, context),
    encrypted: await startServices(source, context, { NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: recipient }),
  };
  const runs = { plain: [], encrypted: [] };
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = Object.keys(installations);
    for (const kind of round % 2 === 0 ? order : order.reverse()) {
      const { parts, cpuSeconds } = await installations[kind].backUp('--db-only');
      const { seconds, bytes } = parts.find(({ part }) => part === 'sealed');
      say(`round ${round + 1}, ${kind}: ${seconds} s, ${cpuSeconds.toFixed(1)} CPU s, ${bytes} bytes`);
      runs[kind].push({ seconds, cpuSeconds, bytes });
    }
  }
  return { databaseBytes: source.bytes, load: loadavg()[0], ...compared(runs), runs };
};

const compared = ({ plain, encrypted }) =>
  Object.fromEntries(
    ['seconds', 'cpuSeconds', 'bytes'].map((key) => {
      const [without, withIt] = [plain, encrypted].map((runs) => median(runs.map((run) => run[key])));
      return [key, { plain: without, encrypted: withIt, ratio: withIt / without }];
    }),
  );

const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

const cleanUps = [];
try {
  if (!options['no-build']) build();
  const { ensureNocoDb, ensurePostgres } = await import('@nocodb-backup/testing');
  await ensurePostgres({ say });
  await ensureNocoDb(say, signal);
  process.stdout.write(`${JSON.stringify(await measure(cleanUps), undefined, 2)}\n`);
} catch (error) {
  say(signal.aborted ? 'interrupted' : `the benchmark failed: ${error.stack}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  for (const cleanUp of cleanUps.reverse())
    await Promise.resolve(cleanUp()).catch((error) => say(`clearing away: ${error.message}`));
}
