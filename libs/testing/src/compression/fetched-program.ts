import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { aptGet } from '../process/apt-get.js';
import { cacheFolder } from '../process/cache-folder.js';
import { programPath } from '../process/program-path.js';
import { withLock } from '../process/with-lock.js';

const limitMs = 120_000;

interface Wanted {
  readonly name: string;
  /** Debian's: the program's, and those with libraries that are not on every machine. */
  readonly packages: readonly string[];
}

/** The folder with a program: where it is installed, else one in the cache, fetched from Debian's archive and unpacked, not installed. */
export const fetchedProgram = async (
  wanted: Wanted,
  say: (line: string) => void = () => undefined,
): Promise<string> => {
  const installed = programPath(wanted.name);
  if (installed !== undefined) return dirname(installed);
  const folder = join(cacheFolder(), wanted.name);
  if (existsSync(folder)) return join(folder, 'bin');
  if (!existsSync('/usr/bin/apt-get'))
    throw new Error(`the program ${wanted.name} is missing, and only apt can fetch it: install it`);
  await mkdir(cacheFolder(), { recursive: true });
  say(`fetching ${wanted.name} into ${folder} (once) ...`);
  await withLock(`${folder}.lock`, AbortSignal.timeout(limitMs), async () => {
    if (!existsSync(folder)) await fetchInto(folder, wanted);
  });
  return join(folder, 'bin');
};

const fetchInto = async (folder: string, { name, packages }: Wanted): Promise<void> => {
  const workshop = await mkdtemp(`${folder}.unpacking-`);
  try {
    const made = join(workshop, 'made');
    await download(workshop, packages).catch(async () => {
      // Its lists are missing or out of date.
      await aptGet('update');
      await download(workshop, packages);
    });
    for (const file of (await readdir(workshop)).filter((found) => found.endsWith('.deb')))
      await execa('dpkg', ['-x', join(workshop, file), made]);
    await mkdir(join(made, 'bin'), { recursive: true });
    await writeFile(join(made, 'bin', name), scriptFor(name));
    await chmod(join(made, 'bin', name), 0o755);
    await rename(made, folder);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
};

const download = (cwd: string, packages: readonly string[]) =>
  execa('apt-get', ['-qq', 'download', ...packages], { cwd, timeout: limitMs, stdin: 'ignore' });

/** Its libraries lie beside it, wherever the folder is. */
const scriptFor = (name: string): string => `#!/bin/sh
usr="$(dirname "$0")/../usr"
LD_LIBRARY_PATH="$(echo "$usr"/lib/*-linux-gnu)" exec "$usr/bin/${name}" "$@"
`;
