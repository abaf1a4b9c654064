// The built program on a vault and an event log of its own: its services each in a process, or all in one.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startNats } from '@nocodb-backup/testing';
import { cpuSeconds, offspring, peakResident, saying, startChild } from './child.mjs';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'apps/sidecar/bin/nocodb-backup.js');
const services = ['scheduler', 'dumper', 'exporter', 'uploader'];
const startMs = 60_000;
const sampleMs = 100;

/** Each service in a process of its own, and a nats-server beside them; `variables` are theirs alone. */
export const startServices = async (source, options, variables = {}) => {
  const nats = await startNats({ signal: options.signal });
  options.cleanUps.push(nats.stop);
  const installation = await prepared(source, nats.url, { ...options, variables });
  for (const name of services) {
    await installation.start(name, [join(root, 'apps', name, 'dist/main.js')], '"msg":"ready"');
  }
  installation.watch('nats-server', nats.pid);
  return installation;
};

/** All services in one process, which runs the nats-server too. */
export const startSidecar = async (source, options) => {
  const installation = await prepared(source, `nats://127.0.0.1:${await freePort()}`, options);
  await installation.start('sidecar (all services)', [program, 'up'], '"up: ');
  return installation;
};

const prepared = async (source, natsUrl, { signal, cleanUps, variables }) => {
  const folder = await mkdtemp(join(tmpdir(), 'nocodb-backup-bench-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'cwd'));
  const at = { cwd: join(folder, 'cwd'), env: { ...environment(source, natsUrl, folder), ...variables } };
  const pids = new Map();
  const largest = new Map();
  const sample = () => [...pids.values()].flatMap(offspring).forEach((child) => note(largest, child));
  const sampling = setInterval(sample, sampleMs);
  cleanUps.push(() => clearInterval(sampling));
  return {
    folder,
    watch: (name, pid) => pids.set(name, pid),
    start: async (name, args, ready) => {
      const child = startChild([process.execPath, ...args], at);
      cleanUps.push(child.end);
      await saying(child, ready, AbortSignal.any([signal, AbortSignal.timeout(startMs)]));
      pids.set(name, child.pid);
    },
    backUp: (...args) => backUp(args, { at, pids, signal, cleanUps }),
    /** Bytes, by process; and of the programs that they start, the largest of each name. */
    peaks: () => ({
      processes: Object.fromEntries([...pids].map(([name, pid]) => [name, peakResident(pid)])),
      programs: Object.fromEntries(largest),
    }),
  };
};

/** A process that is about to become another program still has the name of its parent. */
const isNode = (name) => /node|main/i.test(name);

const note = (largest, { pid, name }) => {
  const resident = peakResident(pid);
  if (resident > 0 && !isNode(name)) largest.set(name, Math.max(resident, largest.get(name) ?? 0));
};

const environment = ({ nocodb, token }, natsUrl, folder) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...(process.env.NODE_OPTIONS && { NODE_OPTIONS: process.env.NODE_OPTIONS }),
  NATS_URL: natsUrl,
  NOCODB_BACKUP_DIR: join(folder, 'vault'),
  NOCODB_BACKUP_STATE_DIR: join(folder, 'state'),
  NOCODB_BACKUP_SCHEDULE_ENABLED: 'false',
  NOCODB_API_URL: nocodb.url,
  NOCODB_API_TOKEN: token,
  NOCODB_DATA_PATH: nocodb.dataDir,
  DATABASE_URL: nocodb.databaseUrl,
});

/** A whole backup: what happened, and the CPU seconds that the services and their programs took. Throws when it is not complete. */
const backUp = async (args, { at, pids, signal, cleanUps }) => {
  const cpu = () => [...pids.values()].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = cpu();
  const { id } = JSON.parse(await output(['backup', '--json', ...args], { at, signal, cleanUps }));
  const used = cpu() - before;
  const events = (await output(['events', id, '--json'], { at, signal, cleanUps })).trim().split('\n');
  return { id, cpuSeconds: used, ...figuresOf(events.map((line) => JSON.parse(line))) };
};

const output = async (args, { at, signal, cleanUps }) => {
  const child = startChild([process.execPath, program, ...args], at);
  cleanUps.push(child.end);
  const stop = () => void child.end();
  signal.addEventListener('abort', stop, { once: true });
  const code = await child.ended;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0)
    throw new Error(`nocodb-backup ${args.join(' ')} ended with ${code}: ${child.said.err.slice(-2000)}`);
  return child.said.out;
};

/** Seconds from the request to each fact, by the log's clock; bytes as they are stored. */
const figuresOf = (events) => {
  const of = (type) => events.find((event) => event.type === type);
  const began = Date.parse(of('BackupRequested').time);
  const seconds = (event) => event && (Date.parse(event.time) - began) / 1000;
  const bytes = (stored) => stored?.reduce((sum, { bytes: some }) => sum + some, 0);
  const tables = events.filter(({ type }) => type === 'TableExported');
  const dump = of('DumpCompleted');
  return {
    parts: [
      {
        part: 'dump',
        seconds: seconds(dump),
        bytes: bytes(dump?.data.artifacts),
        sourceBytes: dump?.data.sqlBytes,
      },
      {
        part: 'files',
        seconds: seconds(of('FilesArchived')),
        bytes: bytes(of('FilesArchived')?.data.artifacts),
      },
      {
        part: 'export',
        seconds: seconds(of('ExportCompleted')),
        bytes: bytes(tables.flatMap(({ data }) => data.artifacts)),
        records: of('ExportCompleted')?.data.records,
      },
      { part: 'sealed', seconds: seconds(of('Uploaded')), bytes: of('Uploaded')?.data.bytes },
    ].filter((part) => part.seconds !== undefined),
  };
};
