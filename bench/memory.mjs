// How much memory the uploader and the restorer take for artifacts of several GB. `npm run bench:memory`; bench/README.md tells more.
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '5' },
    beside: { type: 'string', default: '1.5' },
    'part-mib': { type: 'string', default: '16' },
    limit: { type: 'string', default: '300' },
    'no-build': { type: 'boolean', default: false },
  },
});
const MIB = 2 ** 20;
const bytesOf = (gibibytes) => Math.round(Number(gibibytes) * 2 ** 30);

const stopped = new AbortController();
const { signal } = stopped;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => stopped.abort(new Error('interrupted')));
const say = (line) => process.stderr.write(`${line}\n`);

const build = () => {
  const at = { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 2, 2] };
  if (spawnSync('tsc', ['-b'], at).status !== 0) throw new Error('the build failed: see above');
};

const measure = async (cleanUps) => {
  const e = await import('@nocodb-backup/events');
  const { answered, backupId, installed, staged, started } = await import('./memory/installation.mjs');
  const place = await installed({ signal, cleanUps, partMib: options['part-mib'] });
  say('making the artifacts');
  await staged(place, { fileBytes: bytesOf(options.gigabytes), dumpBytes: bytesOf(options.beside) });
  const rows = [];
  const doing = async (service, what, work) => {
    say(what);
    const began = performance.now();
    await work();
    const seconds = Math.round((performance.now() - began) / 1000);
    rows.push({ process: service.name, after: what, peakMiB: Math.round(service.peak() / MIB), seconds });
  };
  const serviceOf = async (name) => Object.assign(await started(place, name), { name });

  const uploader = await serviceOf('uploader');
  await doing(uploader, 'both uploaded at once', () =>
    answered(place, undefined, e.Uploaded, e.UploadFailed),
  );
  await uploader.end();
  const restorer = await serviceOf('restorer');
  const n = 'n1';
  const download = e.DownloadRequested({ backupId, n, requestedBy: 'bench' });
  await doing(restorer, 'downloaded', () => answered(place, download, e.Downloaded, e.DownloadFailed));
  const verification = {
    backupId,
    n,
    kind: 'verify',
    sample: 'full',
    requestedBy: 'bench',
    trigger: 'manual',
  };
  await doing(restorer, 'verified in both places', () =>
    answered(place, e.VerificationRequested(verification), e.Verified, e.VerificationFailed),
  );
  const restore = { backupId, restoreId: '2026-11-22_05-15-00', source: 'default', kind: 'files', scope: {} };
  const request = e.RestoreRequested({ ...restore, options: {}, planOnly: false, requestedBy: 'bench' });
  await doing(restorer, 'files restored', () =>
    answered(place, request, e.RestoreCompleted, e.RestoreFailed),
  );
  return rows;
};

const cleanUps = [];
try {
  if (!options['no-build']) build();
  const { ensureCeph } = await import('@nocodb-backup/testing');
  await ensureCeph(say);
  const rows = await measure(cleanUps);
  const limitMiB = Number(options.limit);
  const isWithin = rows.every(({ peakMiB }) => peakMiB <= limitMiB);
  const sizes = { gibibytes: Number(options.gigabytes), beside: Number(options.beside) };
  const figures = {
    ...sizes,
    partMiB: Number(options['part-mib']),
    limitMiB,
    isWithin,
    load: loadavg()[0],
    rows,
  };
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
  process.exitCode = isWithin ? 0 : 1;
} catch (error) {
  say(signal.aborted ? 'interrupted' : `the benchmark failed: ${error.stack}`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  for (const cleanUp of cleanUps.reverse())
    await Promise.resolve(cleanUp()).catch((error) => say(`clearing away: ${error.message}`));
}
