// The stacks in deploy/ on a real container engine: `npm run test:compose`. What it leaves behind are images; --keep leaves the stack, too.
// Images that cannot be pulled are stood in for: NATS by the program of the npm package, NocoDB by the npm package nocodb.
import { join } from 'node:path';
import { deploy, docker, engine, expect, say, step } from './compose-engine.mjs';
import { Stack } from './compose-stack.mjs';
import { images, nocodbStandIn } from './compose-images.mjs';

const configs = () => {
  for (const name of ['traefik', 'development', 'sidecar']) {
    const file = join(deploy, `docker-compose.${name}.yml`);
    const args = ['compose', '--env-file', join(deploy, `.env.${name}.example`), '-f', file];
    const env = { ...process.env, DATABASE_PASSWORD: 'x' };
    for (const profiles of [[], ['backup'], ['backup', 'minio'], ['backup', 'traefik']])
      docker([...args, ...profiles.flatMap((profile) => ['--profile', profile]), 'config', '-q'], { env });
  }
};

const backUp = (stack, ...options) => {
  const [{ id, verdict }] = [JSON.parse(stack.inBackup('nocodb-backup', 'backup', '--json', ...options))];
  expect(verdict === 'complete', `the backup ${id} is ${verdict}`);
  return id;
};

const ids = (stack) => JSON.parse(stack.inBackup('nocodb-backup', 'list', '--json')).map(({ id }) => id);

const allHealthy = (stack) => {
  const sick = stack.containers().filter(({ Health, State }) => State === 'running' && Health !== 'healthy');
  expect(sick.length === 0, `not healthy: ${sick.map(({ Name }) => Name).join(', ')}`);
};

const stopsInTime = (stack) => {
  for (const { name, exitCode, seconds, grace } of stack.stop()) {
    const isEnded = exitCode !== 137 && seconds < grace;
    expect(isEnded, `${name} ended with ${exitCode} after ${seconds} s of ${grace} s`);
  }
};

const startsAgain = (stack, before) => {
  stack.compose('up', '-d', '--wait', '--scale', 'exporter=2');
  allHealthy(stack);
  expect(
    String(ids(stack)) === String(before),
    `${before.length} backups before, ${ids(stack).length} after`,
  );
};

/** Scenario 1 of docs/restore.md: NocoDB is stopped, and its files belong to root. */
const restores = async (stack, id) => {
  await stack.nocodb.deleteRecords();
  stack.compose('stop', 'nocodb-server');
  stack.inBackup('nocodb-backup', 'restore', id, '--full', '--force');
  stack.compose('up', '-d', '--wait', '--scale', 'exporter=2');
  const found = await stack.nocodb.countRecords();
  expect(found === stack.nocodb.records, `${found} of ${stack.nocodb.records} records are back`);
};

const sidecar = async (stack) => {
  const beside = stack.sidecar();
  try {
    beside.compose('up', '-d', '--wait');
    backUp(beside);
    allHealthy(beside);
    stopsInTime(beside);
  } finally {
    beside.remove();
  }
};

const main = async () => {
  await step('compose config of every file and profile', configs);
  const built = await step('building the image', images);
  const stack = await Stack.create(built, await nocodbStandIn());
  try {
    await step('starting the stack', () => stack.compose('up', '-d', '--wait'));
    await step('a token, and records', () => stack.begin());
    await step('every container is healthy', () => allHealthy(stack));
    const id = await step('a backup by docker exec', () => backUp(stack));
    await step('the commands of the Python tool', () => {
      stack.inBackup('python', 'main.py', '--now', '--db-only');
      expect(
        stack.inBackup('python', 'cli.py', 'list').includes(id),
        `python cli.py list does not show ${id}`,
      );
    });
    await step('two exporters', () => stack.compose('up', '-d', '--wait', '--scale', 'exporter=2'));
    await step('a backup by two exporters', () => backUp(stack));
    const before = ids(stack);
    await step('every container ends within its grace time', () => stopsInTime(stack));
    await step('started again, nothing is lost', () => startsAgain(stack, before));
    await step('everything restored while NocoDB is stopped', () => restores(stack, id));
    await step('one container beside it', () => sidecar(stack));
  } catch (error) {
    say(stack.logs());
    throw error;
  } finally {
    if (!process.argv.includes('--keep')) stack.remove();
  }
};

const answer = engine();
if (answer === undefined) {
  say('skipped: no container engine answers here (docker version, docker compose version)');
} else {
  say(answer);
  try {
    await main();
    say('passed');
  } catch (error) {
    say(`FAILED: ${error.message}`);
    process.exitCode = 1;
  }
}
