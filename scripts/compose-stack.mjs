// One stack of deploy/ under a project name of its own, and the NocoDB in it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploy, docker } from './compose-engine.mjs';
import { standInFiles } from './compose-images.mjs';
import { NocoDbOfStack } from './compose-nocodb.mjs';

const project = `nocodb-backup-test-${process.pid}`;

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export class Stack {
  constructor(images, standIn) {
    this.folder = mkdtempSync(join(tmpdir(), 'nocodb-backup-compose-'));
    this.name = project;
    this.files = [join(deploy, 'docker-compose.development.yml')];
    this.profiles = ['backup'];
    this.backup = `${project}_BACKUP`;
    this.variables = { ...images, STACK_NAME: project, LOG_LEVEL: 'info' };
    if (standIn) this.files.push(this.override(standIn));
    this.envFile = join(deploy, '.env.development.example');
  }

  /** Ports first: they are chosen when the stack starts. */
  static async create(images, standIn) {
    const stack = new Stack(images, standIn);
    const [nocodb, database] = [await freePort(), await freePort()];
    Object.assign(stack.variables, {
      NOCODB_PUBLISHED_PORT: String(nocodb),
      DATABASE_PUBLISHED_PORT: String(database),
    });
    stack.nocodb = new NocoDbOfStack(`http://127.0.0.1:${nocodb}`);
    return stack;
  }

  override(nocodb) {
    const file = join(this.folder, 'stand-in.json');
    const content = { services: { 'nocodb-server': nocodb }, configs: standInFiles(this.folder) };
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  compose(...args) {
    const files = this.files.flatMap((file) => ['-f', file]);
    const profiles = this.profiles.flatMap((profile) => ['--profile', profile]);
    const all = [
      'compose',
      '--progress',
      'quiet',
      '-p',
      this.name,
      '--env-file',
      this.envFile,
      ...files,
      ...profiles,
      ...args,
    ];
    return docker(all, { env: { ...process.env, ...this.variables } });
  }

  /** A token for the services, and something to back up. */
  async begin() {
    this.variables.NOCODB_API_TOKEN = await this.nocodb.createToken();
    await this.nocodb.fill();
    this.compose('up', '-d', '--wait');
  }

  inBackup(...command) {
    return docker(['exec', this.backup, ...command]);
  }

  containers() {
    const lines = this.compose('ps', '--all', '--format', 'json').trim().split('\n');
    return lines.flatMap((line) => JSON.parse(line));
  }

  /** How each container took SIGTERM. */
  stop() {
    const running = this.containers().filter(({ State }) => State === 'running');
    return running.map(({ Name: name }) => {
      const [before] = JSON.parse(docker(['inspect', name]));
      const grace = before.Config.StopTimeout ?? 10;
      const at = performance.now();
      docker(['stop', name]);
      const seconds = Math.round((performance.now() - at) / 100) / 10;
      const [{ State }] = JSON.parse(docker(['inspect', name]));
      return { name, exitCode: State.ExitCode, seconds, grace };
    });
  }

  /** The stack of one container, beside this one's NocoDB. */
  sidecar() {
    const beside = Object.create(Stack.prototype);
    return Object.assign(beside, {
      folder: mkdtempSync(join(tmpdir(), 'nocodb-backup-compose-')),
      name: `${project}-sidecar`,
      files: [join(deploy, 'docker-compose.sidecar.yml')],
      profiles: [],
      backup: `${project}-sidecar_BACKUP`,
      envFile: join(deploy, '.env.sidecar.example'),
      variables: {
        ...this.variables,
        STACK_NAME: `${project}-sidecar`,
        NOCODB_NETWORK: `${project}_default`,
        NOCODB_DATA_VOLUME_NAME: `${project}_nocodb-data`,
        DATABASE_PASSWORD: 'development',
      },
    });
  }

  logs() {
    return this.compose('logs', '--no-color', '--tail', '15');
  }

  remove() {
    this.compose('down', '--volumes', '--remove-orphans', '--timeout', '5');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
