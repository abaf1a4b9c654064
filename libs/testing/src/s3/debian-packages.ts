import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const options = {
  reject: false,
  all: true,
  stdin: 'ignore',
  env: { DEBIAN_FRONTEND: 'noninteractive' },
} as const;

/**
 * Fetches packages of another suite of Debian with all that they depend on, and unpacks them into `<folder>/root`. Nothing is
 * installed, and the machine's own apt knows nothing of it. Throws where there is no apt, or the archive cannot be reached.
 */
export const unpackedPackages = async (
  { folder, suite, packages }: { folder: string; suite: string; packages: readonly string[] },
  signal: AbortSignal,
): Promise<string> => {
  const apt = await privateApt(folder, suite, signal);
  await apt('update');
  await apt('install', '--yes', '--no-install-recommends', '--download-only', ...packages);
  const root = join(folder, 'root');
  const archives = join(folder, 'archives');
  for (const name of (await readdir(archives)).filter((file) => file.endsWith('.deb')))
    await run('dpkg', ['-x', join(archives, name), root], signal);
  return root;
};

const privateApt = async (folder: string, suite: string, signal: AbortSignal) => {
  for (const name of ['lists/partial', 'archives/partial', 'root'])
    await mkdir(join(folder, name), { recursive: true });
  const sources = join(folder, 'sources.list');
  await writeFile(sources, `deb [signed-by=${keyring}] ${await archiveAddress(signal)} ${suite} main\n`);
  await writeFile(join(folder, 'status'), '');
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': join(folder, 'archives'),
    'APT::Sandbox::User': 'root',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...args: string[]) => run('apt-get', ['-qq', ...flags, ...args], signal);
};

/** The archive that this machine gets its own packages from. */
const archiveAddress = async (signal: AbortSignal): Promise<string> => {
  const listing = await run(
    'apt-get',
    ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'],
    signal,
  );
  const [address] = listing.split('\n').filter((line) => line !== '' && !line.includes('security'));
  if (address === undefined) throw new Error('apt knows no archive: is this Debian?');
  return address;
};

const run = async (program: string, args: readonly string[], signal: AbortSignal): Promise<string> => {
  const { failed, all, stdout, shortMessage } = await execa(program, args, {
    ...options,
    cancelSignal: signal,
  });
  if (failed) throw new Error(`${(shortMessage ?? program).slice(0, 500)}\n${all.slice(-2000)}`);
  return stdout;
};
