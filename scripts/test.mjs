// Runs every check of the project, one after the other, and ends with a line "N passed, N failed". See `npm test`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const started = Date.now();
const scratch = mkdtempSync(join(tmpdir(), 'nocodb-backup-test-'));
const report = join(scratch, 'jest.json');
const failedSteps = [];

const say = (line) => process.stdout.write(`${line}\n`);
const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;

// The build runs in the environment of the machine; a daemon of nx would outlive it, and jest runs ECMAScript modules only with the flag.
const env = {
  ...process.env,
  NX_DAEMON: 'false',
  NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
};

let running;
let interrupted = false;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    interrupted = true;
    running?.kill(name);
  });
}

const run = async (command, args, { quiet = false } = {}) => {
  if (interrupted) return false;
  running = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
  });
  return new Promise((resolve) => {
    running.once('error', ({ message }) => {
      say(`cannot run ${command}: ${message}`);
      resolve(false);
    });
    running.once('exit', (status) => resolve(status === 0));
  });
};

const step = async (name, check) => {
  say(`\n=== ${name} (${elapsed()})`);
  const isGood = await Promise.resolve()
    .then(check)
    .catch((error) => {
      say(error instanceof Error ? error.message : String(error));
      return false;
    });
  if (!isGood) {
    say(`!!! ${name}: FAILED`);
    failedSteps.push(name);
  }
  return isGood;
};

const prerequisites = async () => {
  const { ensureCeph, ensureIgzip, ensureNocoDb, ensurePostgres, ensureZstd } =
    await import('../libs/testing/dist/index.js');
  await ensurePostgres({ say });
  await ensureIgzip(say);
  await ensureZstd(say);
  await ensureNocoDb(say);
  await ensureCeph(say);
  return true;
};

const jest = () => run('jest', ['--json', `--outputFile=${report}`, ...process.argv.slice(2)]);

/** What jest counted; tests that did not even run because their file is broken count as failed. */
const counts = () => {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
};

const summary = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

await step('formatting', () => run('prettier', ['--check', '--log-level=warn', '.']));
const isBuilt = await step('build', () => run('tsc', ['-b']));
if (isBuilt) {
  await step('types of the specs', () => run('tsc', ['-p', 'tsconfig.spec.json']));
  // Without the graph that this command caches the boundary rule of eslint says nothing and passes.
  const hasGraph = await step('project graph', () => run('nx', ['show', 'projects'], { quiet: true }));
  // What is fetched waits for the network, and the linter for the processor.
  const [isReady] = await Promise.all([
    step('prerequisites', prerequisites),
    hasGraph && step('lint', () => run('eslint', ['.'])),
  ]);
  if (isReady) await step('tests', jest);
}

const { failed, ...others } = counts();
// A check that failed is a failure too: nobody shall read "0 failed" of a run that is red.
const failures =
  failed > 0 ? failed + failedSteps.filter((name) => name !== 'tests').length : failedSteps.length;
rmSync(scratch, { recursive: true, force: true });
say(
  failedSteps.length === 0
    ? `\nall checks passed in ${elapsed()}`
    : `\nfailed after ${elapsed()}: ${failedSteps.join(', ')}`,
);
say(summary({ ...others, failed: failures }));
process.exit(interrupted ? 130 : failures === 0 ? 0 : 1);
