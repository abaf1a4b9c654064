// Runs `node scripts/with-toolchain.mjs <script> [args]` under the Node.js that the project pins, installing what is missing first.
// It must run on whatever Node.js a fresh machine has (20 and newer), before anything is installed: built-in modules only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.installed-for');

const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const run = (command, args) => {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (signal) process.exit(130);
  return status ?? 1;
};

/** The newest Node.js at hand: the one that npm installed for this project, else the one that runs this file. */
const node = () => {
  const pinned = join(modules, '.bin', 'node');
  return existsSync(pinned) ? pinned : process.execPath;
};

/** npm's own script, so that it can be run by another Node.js than the machine's. */
const npm = (...args) =>
  process.env.npm_execpath ? run(node(), [process.env.npm_execpath, ...args]) : run('npm', args);

const lockDigest = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lockDigest();

const install = () => {
  process.stderr.write('installing the npm packages (once, about a minute) ...\n');
  if (npm('ci', '--loglevel=error') !== 0) fail('npm ci failed: see above. Is the npm registry reachable?');
  // npm leaves out optional packages that ask for a newer Node.js than the one it runs under; now the newer one is here.
  if (npm('install', '--no-save', '--loglevel=error') !== 0) fail('npm install failed: see above.');
  writeFileSync(stamp, lockDigest());
};

const [script, ...args] = process.argv.slice(2);
if (!script) fail('usage: node scripts/with-toolchain.mjs <script> [args]');
if (!isInstalled()) install();
process.env.PATH = `${join(modules, '.bin')}:${process.env.PATH}`;
process.exit(run(node(), [script, ...args]));
