import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Where a program lies on PATH, if it can be run there and answers to `--version`; a broken installation counts as none. */
export const findProgram = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await runs(path)) return path;
  }
  return undefined;
};

const runs = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    await promisify(execFile)(path, ['--version'], { timeout: 5000, maxBuffer: 65_536 });
    return true;
  } catch {
    return false;
  }
};
