import { existsSync } from 'node:fs';
import { aptGet } from '../process/apt-get.js';
import { programPath } from '../process/program-path.js';

/** Sees to it that the programs `age` and `age-keygen` are there: by apt, if they are missing and we are root on Debian or Ubuntu. Else the answer is why they are not. */
export const ensureAge = async (
  say: (line: string) => void = () => undefined,
): Promise<string | undefined> => {
  if (isThere()) return undefined;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return 'the program age is missing. Run: sudo apt-get install age';
  say('installing age by apt-get (once) ...');
  await aptGet('update');
  await aptGet('install', '--yes', '--no-install-recommends', 'age');
  return isThere() ? undefined : 'apt-get installed age, but it is not on PATH';
};

const isThere = (): boolean => ['age', 'age-keygen'].every((name) => programPath(name) !== undefined);
