// The container engine, and what a script says while it waits for it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const deploy = join(root, 'deploy');
const started = performance.now();

export const say = (line) => {
  process.stdout.write(
    `[${String(Math.round((performance.now() - started) / 1000)).padStart(4)} s] ${line}\n`,
  );
};

let interrupted = false;
// The step that runs fails, or is the last one; then the stack is taken down.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(name, () => {
    interrupted = true;
  });

export const step = async (name, work) => {
  // What came while docker was waited for is heard of now.
  await new Promise((resolve) => setImmediate(resolve));
  expect(!interrupted, 'interrupted');
  say(name);
  return work();
};

export const expect = (isTrue, otherwise) => {
  if (!isTrue) throw new Error(otherwise);
};

/** What docker prints. Throws with what it complained of. */
export const docker = (args, { env = process.env, loud = false } = {}) => {
  const { status, stdout, stderr, error } = spawnSync('docker', args, {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', loud ? 'inherit' : 'pipe'],
    timeout: 900_000,
  });
  if (error) throw error;
  if (status !== 0)
    throw new Error(
      `docker ${args.join(' ')} ended with ${status}:\n${stdout}${loud ? '' : stderr.slice(-4000)}`,
    );
  return stdout;
};

/** What answers; undefined where none does. */
export const engine = () => {
  try {
    const server = docker(['version', '--format', '{{.Server.Version}}']).trim();
    return `docker ${server}, compose ${docker(['compose', 'version', '--short']).trim()}`;
  } catch {
    return undefined;
  }
};
