import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const rule = '@nx/enforce-module-boundaries';
const env = { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '', FORCE_COLOR: '0' };

const cases = {
  'an app that imports another app': ['apps/dumper/src', '@nocodb-backup/uploader'],
  'the language that knows NATS': ['libs/events/src', '@nats-io/transport-node'],
  'a tool that knows Nest': ['libs/vault/src', '@nestjs/common'],
  'a service that goes to NATS past the messaging room': ['apps/exporter/src', '@nats-io/jetstream'],
  'production code that imports the test servers': ['libs/nocodb/src', '@nocodb-backup/testing'],
  'an app that imports the language': ['apps/uploader/src', '@nocodb-backup/events'],
} as const;
type Case = keyof typeof cases;

const fileOf = (name: Case) => {
  const [folder] = cases[name];
  return join(root, folder, `planted-by-the-boundary-test-${process.pid}.ts`);
};
const all = Object.keys(cases) as Case[];

const plant = (name: Case) => {
  const [, imported] = cases[name];
  writeFileSync(fileOf(name), `import * as planted from '${imported}';\nexport const used = planted;\n`);
};
const removePlanted = () => {
  for (const name of all) rmSync(fileOf(name), { force: true });
};

const run = (program: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', program), args, {
    cwd: root,
    env,
    encoding: 'utf8',
    timeout: 240_000,
  });
  if (status !== 0 && status !== 1) throw new Error(`${program} could not run: ${stderr || stdout}`);
  return stdout;
};

interface Result {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null }[];
}

/** How often the boundary rule objects to each planted file; other rules object too, and are of no interest here. */
const lintPlanted = () => {
  const results = JSON.parse(run('eslint', ['--format', 'json', ...all.map(fileOf)])) as Result[];
  return new Map(
    results.map(({ filePath, messages }) => [
      filePath,
      messages.filter(({ ruleId }) => ruleId === rule).length,
    ]),
  );
};

describe('the boundary rule', () => {
  let objections: ReadonlyMap<string, number>;
  beforeAll(() => {
    process.once('exit', removePlanted);
    // Without a cached project graph the rule says nothing and passes.
    run('nx', ['show', 'projects']);
    try {
      all.forEach(plant);
      objections = lintPlanted();
    } finally {
      removePlanted();
    }
  }, 300_000);

  const refused = all.filter((name) => name !== 'an app that imports the language');

  it.each(refused)('refuses %s', (name) => {
    expect(objections.get(fileOf(name))).toBe(1);
  });

  it('allows an app that imports the language', () => {
    expect(objections.get(fileOf('an app that imports the language'))).toBe(0);
  });
});
