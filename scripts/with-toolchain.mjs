// Runs `node scripts/with-toolchain.mjs <command> [args]` with the tools and the Node.js that the project pins, installing them first.
// It must run on whatever Node.js a fresh machine has (20 and newer), before anything is installed: built-in modules only.
import { spawn, spawnSync } from 'node:child_process';
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

const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

const install = () => {
  process.stderr.write('installing the npm packages (once, about a minute) ...\n');
  if (npm('ci', ...quietly) !== 0) fail('npm ci failed: see above. Is the npm registry reachable?');
  // npm leaves out optional packages that ask for a newer Node.js than the one it runs under; now the newer one is here.
  if (npm('install', '--no-save', ...quietly) !== 0) fail('npm install failed: see above.');
  writeFileSync(stamp, lockDigest());
};

const [command, ...args] = process.argv.slice(2);
if (!command) fail('usage: node scripts/with-toolchain.mjs <command> [args]');
if (!isInstalled()) install();
process.env.PATH = `${join(modules, '.bin')}:${process.env.PATH}`;

// Not spawnSync: whoever stops this process (Ctrl-C, timeout, a CI that cancels) must stop the command, which then cleans up.
const child = spawn(command, args, { cwd: root, stdio: 'inherit' });
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.on('error', ({ message }) => fail(`cannot run ${command}: ${message}`));
child.on('exit', (status, signal) => process.exit(signal ? 130 : (status ?? 1)));
