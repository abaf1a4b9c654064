import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Backup,
  type BackupFact,
  evolve,
  type Manifest,
  type Verdict,
  verdictOf,
} from '@nocodb-backup/backup';
import { connect, type Connection, EventLog } from '@nocodb-backup/messaging';
import { freePort, poll } from '@nocodb-backup/testing';
import { Child, type Ending } from './child.js';
import type { Source } from './source.js';

export type Variables = Readonly<Record<string, string>>;
export type ServiceName = 'dumper' | 'exporter' | 'uploader' | 'scheduler' | 'restorer';

const root = join(import.meta.dirname, '..');
const program = join(root, 'apps/sidecar/bin/nocodb-backup.js');

/** Seconds after which the work of a killed service goes to another one. */
export const ackWaitSeconds = 2;
/** For whatever a test waits for. */
export const patienceMs = 60_000;

/** The built program with a vault, a state directory and an event log of its own. */
export class Installation {
  readonly vault: string;
  private readonly children = new Set<Child>();
  private connection: Promise<Connection> | undefined;

  private constructor(
    readonly folder: string,
    readonly natsUrl: string,
    readonly variables: Variables,
  ) {
    this.vault = this.variables.NOCODB_BACKUP_DIR ?? join(folder, 'vault');
  }

  /** Without `NATS_URL` among the variables, `up()` runs the event log too. */
  static async of(source: Source, variables: Variables = {}): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'nocodb-backup-e2e-'));
    await mkdir(join(folder, 'cwd'));
    const natsUrl = variables.NATS_URL ?? `nats://127.0.0.1:${await freePort()}`;
    return new Installation(folder, natsUrl, { ...source.variables, ...variables });
  }

  /** All services in one process, ready to work. */
  async up(variables: Variables = {}): Promise<Child> {
    const child = this.start([program, 'up'], variables);
    await child.says('"up: ');
    return child;
  }

  /** One service in a process of its own. */
  async service(name: ServiceName, variables: Variables = {}): Promise<Child> {
    const child = this.start([join(root, 'apps', name, 'dist/main.js')], variables);
    await child.says('"msg":"ready"');
    return child;
  }

  /** Runs the command line to its end. */
  cli(args: readonly string[], variables: Variables = {}): Promise<Ending> {
    return this.begin(args, variables).ended;
  }

  /** Begins to run the command line. */
  begin(args: readonly string[], variables: Variables = {}): Child {
    return this.start([program, ...args], variables);
  }

  /** Asks for a backup and returns its id without waiting for it. */
  async request(...args: string[]): Promise<string> {
    const { code, out, err } = await this.cli(['backup', '--no-wait', ...args]);
    if (code !== 0) throw new Error(`backup --no-wait ended with ${String(code)}: ${err}`);
    return out.trim();
  }

  async log(): Promise<EventLog> {
    this.connection ??= connect({ servers: this.natsUrl, name: 'e2e' });
    return new EventLog(await this.connection, 'e2e');
  }

  /** What happened to a backup so far. */
  async facts(id: string): Promise<BackupFact[]> {
    const facts: BackupFact[] = [];
    for await (const fact of (await this.log()).read(`evt.backup.${id}.>`)) facts.push(fact as BackupFact);
    return facts;
  }

  /** Waits for a fact of a backup. */
  async reached(id: string, type: BackupFact['type']): Promise<BackupFact> {
    const seen: string[] = [];
    const signal = AbortSignal.timeout(patienceMs);
    for await (const fact of (await this.log()).follow(`evt.backup.${id}.>`, { signal })) {
      if (fact.type === type) return fact as BackupFact;
      seen.push(fact.type);
    }
    throw new Error(`no ${type} of ${id} within ${patienceMs} ms, but ${seen.join(', ')}`);
  }

  /** Waits until a backup is sealed or given up. */
  async ended(id: string): Promise<Verdict> {
    let backup: Backup | undefined;
    const signal = AbortSignal.timeout(patienceMs);
    for await (const fact of (await this.log()).follow(`evt.backup.${id}.>`, { signal })) {
      backup = evolve(backup, fact as BackupFact);
      if (backup?.ending) return verdictOf(backup, new Date());
    }
    throw new Error(`${id} has not ended within ${patienceMs} ms`);
  }

  /** What `list` says of a backup, to whoever asks now. */
  async verdict(id: string): Promise<string | undefined> {
    const { code, out, err } = await this.cli(['list', '--json']);
    if (code !== 0) throw new Error(`list ended with ${String(code)}: ${err}`);
    return (JSON.parse(out) as { id: string; verdict: string }[]).find((backup) => backup.id === id)?.verdict;
  }

  async manifest(id: string): Promise<Manifest> {
    return JSON.parse(await readFile(join(this.vault, id, 'manifest.json'), 'utf8')) as Manifest;
  }

  /** Ends everything and removes the folder. */
  async remove(): Promise<void> {
    await (await this.connection?.catch(() => undefined))?.close();
    await this.stop();
    const gone = () => rm(this.folder, { recursive: true, force: true }).then(() => true);
    await poll(() => gone().catch(() => false), AbortSignal.timeout(10_000));
  }

  /** Ends every process that still runs. */
  async stop(): Promise<void> {
    await Promise.all([...this.children].map((child) => child.kill()));
  }

  private start(args: readonly string[], variables: Variables): Child {
    const child = new Child([process.execPath, ...args], {
      cwd: join(this.folder, 'cwd'),
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        NATS_URL: this.natsUrl,
        NOCODB_BACKUP_DIR: join(this.folder, 'vault'),
        NOCODB_BACKUP_STATE_DIR: join(this.folder, 'state'),
        NOCODB_BACKUP_ACK_WAIT_SECONDS: String(ackWaitSeconds),
        NOCODB_BACKUP_SCHEDULE_ENABLED: 'false',
        ...this.variables,
        ...variables,
      },
    });
    this.children.add(child);
    void child.ended.then(() => this.children.delete(child));
    return child;
  }
}
