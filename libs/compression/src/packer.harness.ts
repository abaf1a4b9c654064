import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPacker, type Packer } from './packer.js';

/** Does the work with another PATH. */
export const withPath = async <Result>(path: string, work: () => Promise<Result>): Promise<Result> => {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await work();
  } finally {
    process.env.PATH = before;
  }
};

/** The packer of a machine where these programs are, beside its own, and are shell scripts; `"$@"` are the arguments. */
export const packerWith = async (
  folder: string,
  scripts: Readonly<Record<string, string>>,
  format: 'gzip' | 'zstd' = 'gzip',
): Promise<Packer> => {
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/bash\n[ "$1" = --version ] && exit 0\n${script}\n`);
    await chmod(path, 0o755);
  }
  return withPath(`${folder}:${process.env.PATH ?? ''}`, () => findPacker(format));
};

/** The output of a shell script, untouched. */
export const outputOf = (script: string) => {
  const child = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.unref();
  return child.stdout;
};

/** The programs that this process has started and that run now, by their command lines. */
export const childrenLike = async (text: string): Promise<number[]> => {
  const threads = await readdir('/proc/self/task');
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const pids = lists.join(' ').split(' ').filter(Boolean);
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => lines[index]?.includes(text)).map(Number);
};
