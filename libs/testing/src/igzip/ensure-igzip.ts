import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { aptGet } from '../process/apt-get.js';
import { cacheFolder } from '../process/cache-folder.js';
import { programPath } from '../process/program-path.js';
import { withLock } from '../process/with-lock.js';

const limitMs = 120_000;

/**
 * The folder with the program `igzip`, to be put on PATH: where it is installed, else one in the cache, fetched from Debian's archive
 * (package isal) and unpacked, not installed. Throws where there is no apt.
 */
export const ensureIgzip = async (say: (line: string) => void = () => undefined): Promise<string> => {
  const installed = programPath('igzip');
  if (installed !== undefined) return dirname(installed);
  const folder = join(cacheFolder(), 'igzip');
  if (existsSync(folder)) return join(folder, 'bin');
  if (!existsSync('/usr/bin/apt-get'))
    throw new Error('the program igzip is missing, and only apt can fetch it: install isa-l');
  await mkdir(cacheFolder(), { recursive: true });
  say(`fetching igzip into ${folder} (once) ...`);
  await withLock(`${folder}.lock`, AbortSignal.timeout(limitMs), async () => {
    if (!existsSync(folder)) await fetchIgzip(folder);
  });
  return join(folder, 'bin');
};

const fetchIgzip = async (folder: string): Promise<void> => {
  const workshop = await mkdtemp(`${folder}.unpacking-`);
  try {
    const made = join(workshop, 'made');
    await downloaded(workshop).catch(async () => {
      // Its lists are missing or out of date.
      await aptGet('update');
      await downloaded(workshop);
    });
    for (const name of (await readdir(workshop)).filter((file) => file.endsWith('.deb')))
      await execa('dpkg', ['-x', join(workshop, name), made]);
    await mkdir(join(made, 'bin'));
    const program = join(made, 'bin/igzip');
    await writeFile(program, script);
    await chmod(program, 0o755);
    await rename(made, folder);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
};

const downloaded = (cwd: string) =>
  execa('apt-get', ['-qq', 'download', 'isal', 'libisal2'], { cwd, timeout: limitMs, stdin: 'ignore' });

/** Its library lies beside it, wherever the folder is. */
const script = `#!/bin/sh
usr="$(dirname "$0")/../usr"
LD_LIBRARY_PATH="$(echo "$usr"/lib/*-linux-gnu)" exec "$usr/bin/igzip" "$@"
`;
