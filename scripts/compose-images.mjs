// The images that the stacks need, built or stood in for.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../libs/nats-server/dist/index.js';
import { docker, root, say } from './compose-engine.mjs';

const nodeImage = 'node:24-bookworm-slim';
const testing = join(root, 'libs/testing/nocodb-package');

const isThere = (image) => {
  try {
    docker(['image', 'inspect', image]);
    return true;
  } catch {
    return false;
  }
};

const canBeHad = (image) => {
  if (isThere(image)) return true;
  try {
    docker(['pull', '-q', image]);
    return true;
  } catch {
    return false;
  }
};

const named = (file, variable) =>
  new RegExp(`\\$\\{${variable}:-([^}]+)\\}`).exec(readFileSync(join(root, 'deploy', file), 'utf8'))[1];

/** The real nats-server in an image that has node instead of wget. */
const natsStandIn = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-image-'));
  try {
    copyFileSync(await findNatsServer(), join(folder, 'nats-server'));
    const get =
      'fetch(process.argv.at(-1)).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))';
    writeFileSync(join(folder, 'wget'), `#!/bin/sh\nexec node -e '${get}' -- "$@"\n`, { mode: 0o755 });
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${nodeImage}\nCOPY --chmod=755 nats-server wget /usr/local/bin/\nENTRYPOINT []\n`,
    );
    docker(['build', '-q', '-t', 'nocodb-backup-nats:test', folder]);
    return 'nocodb-backup-nats:test';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Builds the image; returns the variables that name what the stacks run. Throws where an image is neither there nor to be had. */
export const images = async () => {
  for (const image of [nodeImage, named('services.yml', 'POSTGRES_IMAGE')])
    if (!canBeHad(image)) throw new Error(`the image ${image} is not here, and cannot be pulled`);
  const official = named('services.yml', 'NATS_IMAGE');
  const nats = canBeHad(official) ? official : await natsStandIn();
  if (nats !== official) say(`${official} is not to be had: the nats-server of the npm package stands in`);
  const tag = 'nocodb-backup:test';
  const build = [
    'build',
    '-f',
    join(root, 'deploy/Dockerfile'),
    '-t',
    tag,
    '--build-arg',
    `NATS_IMAGE=${nats}`,
  ];
  docker([...build, root], { loud: true });
  return { NOCODB_BACKUP_IMAGE: tag, NATS_IMAGE: nats };
};

/** Services that stand in for NocoDB's image, where that is not to be had: the same version from npm; undefined where it is. */
export const nocodbStandIn = async () => {
  const official = named('services.yml', 'NOCODB_IMAGE');
  if (canBeHad(official)) return undefined;
  say(`${official} is not to be had: the npm package nocodb stands in`);
  const { ensureNocoDb } = await import('../libs/testing/dist/index.js');
  const packages = await ensureNocoDb(say);
  const healthy =
    "fetch('http://127.0.0.1:8080/api/v1/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))";
  return {
    image: nodeImage,
    working_dir: '/nocodb',
    command: ['node', '--require', '/stand-in/no-sqlite.cjs', '/stand-in/run.cjs'],
    environment: {
      NODE_ENV: 'production',
      PORT: '8080',
      NC_TOOL_DIR: '/usr/app/data',
      NC_DISABLE_TELE: 'true',
    },
    volumes: [`${packages}:/nocodb:ro`],
    healthcheck: { test: ['CMD', 'node', '-e', healthy] },
    configs: [
      { source: 'no-sqlite', target: '/stand-in/no-sqlite.cjs' },
      { source: 'run', target: '/stand-in/run.cjs' },
    ],
  };
};

/** Content of the files that the stand-in runs; it must be reached from other containers. */
export const standInFiles = (folder) => {
  copyFileSync(join(testing, 'no-sqlite.cjs'), join(folder, 'no-sqlite.cjs'));
  const run = readFileSync(join(testing, 'run.cjs'), 'utf8').replace("'127.0.0.1'", "'0.0.0.0'");
  writeFileSync(join(folder, 'run.cjs'), run);
  return { 'no-sqlite': { file: join(folder, 'no-sqlite.cjs') }, run: { file: join(folder, 'run.cjs') } };
};
