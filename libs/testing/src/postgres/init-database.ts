import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { superuser } from './sql.js';

interface NewCluster {
  readonly binDir: string;
  readonly dir: string;
  readonly dataDir: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Makes an empty data directory in UTF-8 whose superuser has a password. */
export const initDatabase = async ({ binDir, dir, dataDir, user }: NewCluster) => {
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, superuser.password);
  const { failed, all, shortMessage } = await execa(
    join(binDir, 'initdb'),
    [
      '-D',
      dataDir,
      '-U',
      superuser.user,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ],
    { all: true, reject: false, cwd: dir, timeout: 60_000, ...user },
  );
  await rm(passwordFile);
  if (failed) throw new Error(`initdb in ${dir} failed: ${shortMessage}\n${all}`);
};
