import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Manifest } from '@nocodb-backup/backup';
import { RestoreRequested } from '@nocodb-backup/events';
import { DirectoryVault, openBackup } from '@nocodb-backup/vault';
import { RestorerConfig } from '../config.js';
import type { Plan, Work } from '../restoration.js';
import { Target } from '../target.js';
import { filesIn } from './archives.harness.js';
import { RestoreFiles } from './restore-files.js';

export const BACKUP = '2026-02-05_05-15-00';
export const RESTORE = '2026-11-22_05-15-00';

/** Nobody listens on the port of `discard`. */
const NOBODY = 'http://127.0.0.1:9';

/** A temporary folder with a vault and a data directory. */
export class Sandbox {
  constructor(readonly root: string) {}

  static async make(): Promise<Sandbox> {
    const root = await mkdtemp(join(tmpdir(), 'restore-files-'));
    await mkdir(join(root, 'data'));
    return new Sandbox(root);
  }

  get data(): string {
    return join(this.root, 'data');
  }

  get vault(): DirectoryVault {
    return new DirectoryVault(join(this.root, 'vault'));
  }

  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      NOCODB_API_URL: NOBODY,
      NOCODB_DATA_PATH: this.data,
      NOCODB_BACKUP_DIR: join(this.root, 'vault'),
      DATABASE_PASSWORD: 'noco',
      ...more,
    };
  }

  /** Seals a backup of the archive; `held` is what its manifest says. */
  async seal(
    archive: Buffer,
    held: Partial<Manifest['parts']['files']> = {},
    gz: Buffer = gzipSync(archive),
  ): Promise<void> {
    const bytes = async function* () {
      yield await Promise.resolve(gz);
    };
    const artifact = await this.vault.stage(BACKUP, 'a1').store('nocodb-data.tar.gz', bytes());
    await this.vault.publish(BACKUP, 'a1', artifact);
    const files = {
      status: 'complete',
      files: held.files ?? filesIn(archive),
      tarBytes: archive.length,
      ...held,
    };
    const manifest = Manifest.parse({
      ...MANIFEST,
      parts: { ...MANIFEST.parts, files },
      artifacts: [{ ...artifact, part: 'files' }],
    });
    await this.vault.writeManifest(BACKUP, Buffer.from(JSON.stringify(manifest)));
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}

export interface Restoring {
  readonly options?: Partial<RestoreRequested['data']['options']>;
  readonly planOnly?: boolean;
  readonly restoreId?: string;
  readonly attemptId?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly move?: ConstructorParameters<typeof RestoreFiles>[1];
  readonly progress?: Work['progress'];
}

/** What an attempt works with. */
export const workOf = async (sandbox: Sandbox, restoring: Restoring = {}): Promise<Work> => ({
  request: RestoreRequested({
    restoreId: restoring.restoreId ?? RESTORE,
    backupId: BACKUP,
    source: 'default',
    kind: 'files',
    scope: {},
    options: restoring.options ?? {},
    planOnly: restoring.planOnly ?? false,
    requestedBy: 'spec',
  }).data,
  backup: await openBackup(sandbox.vault, BACKUP),
  attemptId: restoring.attemptId ?? crypto.randomUUID(),
  signal: restoring.signal ?? new AbortController().signal,
  progress: restoring.progress ?? (() => undefined),
});

/** One attempt, from the plan to the end; `plan` is what an earlier one has recorded. */
export const restored = async (sandbox: Sandbox, restoring: Restoring = {}, recorded?: Plan) => {
  const target = new Target(RestorerConfig.parse(sandbox.env(restoring.env)));
  try {
    const restoration = new RestoreFiles(target, restoring.move);
    const work = await workOf(sandbox, restoring);
    const plan = recorded ?? (await restoration.plan(work));
    if (work.request.planOnly) return { plan };
    const [step] = plan.steps;
    if (!step) throw new Error('there is no step');
    const planned = { ...work, plan, done: new Map() };
    await work.backup.verify(restoration.sources(planned), {
      signal: work.signal,
      progress: () => undefined,
    });
    const outcome = await restoration.perform(step, planned);
    return { plan, outcome, conclusion: await restoration.conclude(planned) };
  } finally {
    await target.onModuleDestroy();
  }
};

/** Everything below a folder, by path: the content of files, targets of links; without what restores keep. */
export const treeOf = (folder: string): Record<string, string> => {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (name.startsWith('.nocodb-backup-')) continue;
    if (entry.isDirectory()) tree[`${name}/`] = '';
    else tree[name] = entry.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8');
  }
  return tree;
};

export const fill = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
};

export const modeAt = (path: string): number => statSync(path).mode & 0o7777;

const MANIFEST = {
  format: 'nocodb-backup',
  version: '2.0',
  id: BACKUP,
  status: 'complete',
  source: 'default',
  trigger: 'manual',
  requestedBy: 'spec',
  reason: null,
  requestedAt: '2026-02-05T05:15:00.000Z',
  settledAt: '2026-02-05T05:16:00.000Z',
  tool: { name: 'nocodb-backup', version: '0.1.0' },
  nocodb: { version: null },
  postgres: null,
  parts: {
    dump: { status: 'not requested', tables: 0, rows: 0, sqlBytes: 0 },
    files: {},
    export: { status: 'not requested', bases: [] },
  },
  failures: [],
  warnings: [],
  artifacts: [],
} as const;
