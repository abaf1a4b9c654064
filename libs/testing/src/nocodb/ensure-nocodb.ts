import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../process/cache-folder.js';
import { withLock } from '../process/with-lock.js';

/** The version of NocoDB that the tests run. */
export const nocodbVersion = '0.301.3';

/** The files of this project that pin NocoDB and start it. */
export const packageFolder = join(import.meta.dirname, '../../nocodb-package');

const folderName = `nocodb-${nocodbVersion}`;
const limitMs = 900_000;

/** The folder with an installed NocoDB (1.5 GB), installed from npm first if it is not there; two processes do not install at once. */
export const ensureNocoDb = async (say: (line: string) => void = () => undefined, signal?: AbortSignal) => {
  const cache = cacheFolder();
  const folder = join(cache, folderName);
  const isInstalled = () => existsSync(join(folder, 'node_modules/nocodb/package.json'));
  if (isInstalled()) return folder;
  await mkdir(cache, { recursive: true });
  say(`installing NocoDB ${nocodbVersion} in ${folder} (once, about two minutes, 1.5 GB) ...`);
  const limit = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])]);
  await withLock(`${folder}.lock`, limit, async () => {
    if (!isInstalled()) await install(cache, folder, limit);
  });
  return folder;
};

const install = async (cache: string, folder: string, signal: AbortSignal) => {
  await removeUnfinished(cache);
  const unfinished = await mkdtemp(`${folder}.installing-`);
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(join(packageFolder, file), join(unfinished, file));
  await npmInstall(unfinished, signal);
  await rename(unfinished, folder);
};

/** What a killed installation left behind: nobody else installs while we hold the lock. */
const removeUnfinished = async (cache: string) => {
  const left = (await readdir(cache)).filter((name) => name.startsWith(`${folderName}.installing-`));
  for (const name of left) await rm(join(cache, name), { recursive: true, force: true });
};

const npmInstall = async (cwd: string, signal: AbortSignal) => {
  // Install scripts are left out: sqlite3's would fetch a binary from elsewhere, and nothing here needs one. Not `npm ci`: it refuses
  // a lock file that was made where the registry lacks some optional package for another system.
  const args = [
    'install',
    '--ignore-scripts',
    '--omit=dev',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { failed, all, shortMessage } = await execa('npm', args, {
    cwd,
    all: true,
    reject: false,
    stdin: 'ignore',
    cancelSignal: signal,
  });
  if (!failed) return;
  await rm(cwd, { recursive: true, force: true });
  throw new Error(
    `cannot install NocoDB ${nocodbVersion}: ${shortMessage}\n${all.slice(0, 2_000)}\nIs the npm registry reachable, and is there 2 GB of room?`,
  );
};
