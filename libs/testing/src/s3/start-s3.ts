import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { freePort } from '../process/free-port.js';
import { type RunningServer, runServer } from '../process/run-server.js';
import { serverFolder } from '../process/server-folder.js';
import { type CephPlace, cephConfiguration } from './ceph-configuration.js';
import { createBucket, forbid } from './create-bucket.js';
import { ensureCeph } from './ensure-ceph.js';

/** A real S3 server (Ceph Object Gateway) that lives as long as a test; `kill` and `restart` are those of the gateway. */
export interface S3Server extends RunningServer {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Makes a bucket; again is fine. */
  createBucket(name: string): Promise<void>;
  /** Lets nobody do these things (`s3:PutObject`) to the objects of a bucket; nothing is forbidden by none. */
  forbid(bucket: string, ...actions: string[]): Promise<void>;
  /** How many bytes may lie in all buckets together; `undefined`: as many as one likes. The server takes some more at times. */
  setQuota(bytes: number | undefined): Promise<void>;
}

export interface S3Options {
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Starts a monitor, a store and a gateway on free ports in a temporary folder; takes about four seconds. */
export const startS3 = async ({ say, signal }: S3Options = {}): Promise<S3Server> => {
  const programs = await ensureCeph(say);
  const { dir, remove } = await serverFolder('s3');
  const cleanUps = [remove];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  try {
    const place = { dir, programs, fsid: randomUUID(), ports: await freePorts() };
    await prepare(place);
    for (const name of ['mon', 'osd'] as const)
      cleanUps.push((await runServer(daemon(place, name), signal)).stop);
    const keys = { accessKeyId: 'TESTACCESS', secretAccessKey: randomUUID() };
    await createUser(place, keys);
    const gateway = await runServer(daemon(place, 'rgw'), signal);
    // The gateway takes long to end in good order, and all of its state lies in the store.
    cleanUps.push(() => gateway.kill('SIGKILL'));
    const url = addressOf(place);
    const own = {
      createBucket: (name: string) => createBucket({ url, ...keys }, name),
      forbid: (bucket: string, ...actions: string[]) => forbid({ url, ...keys }, bucket, actions),
      setQuota: (bytes: number | undefined) => setQuota(place, bytes),
      stop,
    };
    return Object.assign(gateway, { url, region: 'default', ...keys, ...own });
  } catch (error) {
    await stop();
    throw error;
  }
};

const freePorts = async () => ({
  gateway: await freePort(),
  monitor: await freePort(),
  osd: await freePort(),
});

const addressOf = ({ ports }: CephPlace) => `http://127.0.0.1:${ports.gateway}`;
const configOf = ({ dir }: CephPlace) => join(dir, 'ceph.conf');

/** A program with its own loader and libraries, as it is not made for this system. */
const commandOf = ({ programs }: CephPlace, name: string) => ({
  command: join(programs, 'lib/ld-linux-x86-64.so.2'),
  args: ['--library-path', join(programs, 'lib'), join(programs, 'bin', name)],
});

const run = async (place: CephPlace, name: string, args: readonly string[]) => {
  const { command, args: own } = commandOf(place, name);
  const { failed, all } = await execa(command, [...own, '-c', configOf(place), ...args], {
    all: true,
    reject: false,
    timeout: 60_000,
  });
  if (failed) throw new Error(`${name} failed:\n${all.slice(-2000)}`);
};

const prepare = async (place: CephPlace) => {
  const { dir, fsid, ports } = place;
  for (const name of ['mon', 'osd', 'rgw', 'log', 'run']) await mkdir(join(dir, name));
  await writeFile(configOf(place), cephConfiguration(place));
  const map = join(dir, 'monmap');
  const monitor = `[v2:127.0.0.1:${ports.monitor}]`;
  const release = ['--set-min-mon-release', 'tentacle'];
  await run(place, 'monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitor, ...release, map]);
  await run(place, 'ceph-mon', ['-i', 'a', '--mkfs', '--monmap', map]);
  await run(place, 'ceph-osd', ['-i', '0', '--mkfs', '--no-mon-config', '--osd-uuid', randomUUID()]);
};

const createUser = (place: CephPlace, keys: { accessKeyId: string; secretAccessKey: string }) =>
  run(place, 'radosgw-admin', [
    ...['user', 'create', '--uid=app', '--display-name=app'],
    ...[`--access-key=${keys.accessKeyId}`, `--secret=${keys.secretAccessKey}`],
  ]);

const setQuota = async (place: CephPlace, bytes: number | undefined) => {
  const quota = (action: string, ...args: string[]) =>
    run(place, 'radosgw-admin', ['quota', action, '--quota-scope=user', '--uid=app', ...args]);
  if (bytes === undefined) return quota('disable');
  await quota('set', `--max-size=${bytes}B`);
  await quota('enable');
};

const daemons = {
  mon: { program: 'ceph-mon', args: ['-i', 'a', '-f'] },
  osd: { program: 'ceph-osd', args: ['-i', '0', '-f'] },
  rgw: { program: 'radosgw', args: ['-n', 'client.rgw', '-f'] },
} as const;

const daemon = (place: CephPlace, name: keyof typeof daemons) => {
  const { command, args } = commandOf(place, daemons[name].program);
  return {
    name: daemons[name].program,
    command,
    args: [...args, '-c', configOf(place), ...daemons[name].args],
    logFile: join(place.dir, `${name}.out`),
    startTimeoutMs: 60_000,
    ready: (signal: AbortSignal) => readiness[name](place, signal),
  };
};

/** A client that comes before the store is up waits in steps of five seconds, so each one waits for the one before. */
const readiness = {
  mon: () => Promise.resolve(true),
  osd: async ({ dir }: CephPlace) => {
    const log = await readFile(join(dir, 'log/osd.0.log'), 'utf8').catch(() => '');
    return log.includes('state: booting -> active');
  },
  rgw: async (place: CephPlace, signal: AbortSignal) =>
    fetch(addressOf(place), { signal }).then(
      () => true,
      () => false,
    ),
};
