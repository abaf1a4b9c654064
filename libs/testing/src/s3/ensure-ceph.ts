import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../process/cache-folder.js';
import { withLock } from '../process/with-lock.js';
import { unpackedPackages } from './debian-packages.js';

/** The suite of Debian whose Ceph is taken, and the folder's name. */
const suite = 'forky';
const folderName = `ceph-${suite}`;
const programs = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'monmaptool'];
const limitMs = 900_000;

/**
 * The folder with Ceph's programs (`bin`) and every library that they need, the loader included (`lib`), fetched from Debian's
 * archive first if it is not there; nothing is installed. Throws where there is no apt.
 */
export const ensureCeph = async (say: (line: string) => void = () => undefined): Promise<string> => {
  const cache = cacheFolder();
  const folder = join(cache, folderName);
  if (existsSync(folder)) return folder;
  if (process.arch !== 'x64' || !existsSync('/usr/bin/apt-get')) {
    throw new Error('the S3 server of the tests (Ceph) is fetched by apt: run them on Debian on x86-64');
  }
  await mkdir(cache, { recursive: true });
  say(`fetching an S3 server (Ceph) into ${folder} (once, about a minute, 250 MB) ...`);
  const limit = AbortSignal.timeout(limitMs);
  await withLock(`${folder}.lock`, limit, async () => {
    if (!existsSync(folder)) await fetchCeph(folder, limit);
  });
  return folder;
};

const fetchCeph = async (folder: string, signal: AbortSignal): Promise<void> => {
  const workshop = await mkdtemp(`${folder}.unpacking-`);
  try {
    const packages = ['radosgw', 'ceph-mon', 'ceph-osd'];
    const root = await unpackedPackages({ folder: workshop, suite, packages }, signal);
    const made = join(workshop, 'made');
    await gather(root, made);
    await rename(made, folder);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
};

/** Takes what the programs and Ceph's plugins need out of the unpacked packages. */
const gather = async (root: string, made: string): Promise<void> => {
  const from = join(root, 'usr/lib/x86_64-linux-gnu');
  await mkdir(join(made, 'bin'), { recursive: true });
  for (const name of programs) await cp(join(root, 'usr/bin', name), join(made, 'bin', name));
  const plugins = [];
  for (const [source, target] of [
    ['rados-classes', 'rados-classes'],
    ['ceph/erasure-code', 'ceph/erasure-code'],
  ] as const) {
    await cp(join(from, source), join(made, 'lib', target), { recursive: true, dereference: true });
    plugins.push(...(await readdir(join(from, source))).map((name) => join(from, source, name)));
  }
  const binaries = [...programs.map((name) => join(root, 'usr/bin', name)), ...plugins];
  const libraries = await neededBy(binaries, from);
  const more = ['ld-linux-x86-64.so.2', 'libnss_files.so.2', 'libgcc_s.so.1', 'ceph/libceph-common.so.2'];
  for (const file of [...libraries, ...more.map((name) => join(from, name)).filter(existsSync)])
    await cp(file, join(made, 'lib', basename(file)), { dereference: true });
};

/** The libraries below `from` that the loader would take for the binaries. */
const neededBy = async (binaries: readonly string[], from: string): Promise<ReadonlySet<string>> => {
  const needed = new Set<string>();
  for (const binary of binaries) {
    const args = ['--library-path', `${from}:${from}/ceph`, '--list', binary];
    const { stdout } = await execa(join(from, 'ld-linux-x86-64.so.2'), args, { reject: false });
    for (const [, path = ''] of stdout.matchAll(/=> (\/\S+)/g)) if (path.startsWith(from)) needed.add(path);
  }
  return needed;
};
