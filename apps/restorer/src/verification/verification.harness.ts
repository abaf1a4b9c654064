import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Manifest } from '@nocodb-backup/backup';
import type { Artifact, Part } from '@nocodb-backup/events';
import { parseConfig, VaultSettings } from '@nocodb-backup/service';
import {
  DirectoryVault,
  EncryptionSettings,
  S3Settings,
  type Staging,
  stagingPlaceOf,
} from '@nocodb-backup/vault';
import { tarOf } from '../files/archives.harness.js';

export const ID = '2026-02-05_05-15-00';
const BASE = 'bases/CRM';
export const TABLE = `${BASE}/tables/Orders`;
export const SQL =
  '--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump complete\n--\n\n';
const TAR = tarOf([
  { path: 'folder', type: 'Directory' },
  { path: 'folder/a.txt', content: 'a' },
]);
const ATTACHED = 20;

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
export const lines = (items: readonly unknown[]): Buffer =>
  gzipSync(`[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`);

export interface Wish {
  readonly id?: string;
  /** A public key: the backup is encrypted for it. */
  readonly recipient?: string;
  /** Other bytes than usual, by path: their digests are right. `null`: the file is not in the backup. */
  readonly files?: Readonly<Record<string, Buffer | null>>;
  /** What the manifest says, where it is not what is stored. */
  readonly said?: (manifest: Manifest) => Manifest;
}

const usual: Readonly<Record<string, Buffer>> = {
  'database.sql.gz': gzipSync(SQL),
  'database.json': json({
    server: {
      version: '15.18',
      major: 15,
      encoding: 'UTF8',
      collation: { provider: 'libc', collate: 'C', ctype: 'C', version: null },
      sizeBytes: 1,
    },
    tables: [{ schema: 'public', name: 'orders', rows: 3 }],
  }),
  'nocodb-data.tar.gz': gzipSync(TAR),
  [`${BASE}/metadata.json`]: json({ base: { id: 'b1', title: 'CRM' } }),
  [`${TABLE}/schema.json`]: json({ table: { id: 't1' }, views: [], hooks: null }),
  [`${TABLE}/records.json.gz`]: lines([{ Id: 1 }, { Id: 2 }, { Id: 3 }]),
  [`${TABLE}/order.json.gz`]: lines([3, 1, 2]),
  [`${TABLE}/links.json.gz`]: lines([{ column: 'c1', from: 1, to: 2 }]),
};

const partOf = (path: string): Part => {
  if (path.startsWith('database.')) return 'dump';
  return path.startsWith('nocodb-data') ? 'files' : 'export';
};

/** A vault in a temporary folder, with backups as the services make them. */
export class Sandbox {
  constructor(readonly root: string) {}

  static async make(): Promise<Sandbox> {
    return new Sandbox(await mkdtemp(join(tmpdir(), 'verification-')));
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  place(path: string, id = ID): string {
    return join(this.root, id, path);
  }

  /** Changes one bit of a stored file. */
  async flip(path: string, at = 20, id = ID): Promise<void> {
    const bytes = await readFile(this.place(path, id));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(this.place(path, id), bytes);
  }

  /** Seals a backup; answers the artifact of its manifest. */
  async seal({
    id = ID,
    files = {},
    recipient,
    said = (manifest) => manifest,
  }: Wish = {}): Promise<Artifact> {
    const vault = new DirectoryVault(this.root);
    const staging = this.stage(id, recipient);
    const attached = await stagedFiles(staging);
    const lists = await stagedLists(staging, attached);
    const others = await staged(staging, { ...usual, ...files });
    const artifacts = [...others, ...lists].map((artifact) => ({ ...artifact, part: partOf(artifact.path) }));
    for (const { path, bytes, sha256 } of [...others, ...lists, ...attached.map(({ stored }) => stored)])
      await vault.publish(id, 'a1', { path, bytes, sha256 });
    await vault.sweep(id);
    const bytes = attached.reduce((sum, { plain }) => sum + plain.bytes, 0);
    const manifest = manifestWith({ files: ATTACHED, bytes, missing: 1 }, recipient);
    return vault.writeManifest(id, json(said({ ...manifest, id, artifacts })));
  }

  private stage(id: string, recipient: string | undefined): Staging {
    const settings = S3Settings.extend({ ...VaultSettings.shape, ...EncryptionSettings.shape });
    const env = { NOCODB_BACKUP_DIR: this.root, NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: recipient };
    return stagingPlaceOf(parseConfig(settings, env)).stage(id, 'a1');
  }
}

const staged = async (staging: Staging, files: NonNullable<Wish['files']>): Promise<Artifact[]> => {
  const artifacts = [];
  for (const [path, bytes] of Object.entries(files))
    if (bytes !== null) artifacts.push(await staging.store(path, Readable.from([bytes])));
  return artifacts;
};

interface Attached {
  readonly n: number;
  readonly plain: Artifact;
  readonly stored: Artifact;
}

const stagedFiles = async (staging: Staging): Promise<Attached[]> => {
  const attached = [];
  for (let n = 1; n <= ATTACHED; n++) {
    const plain = artifactOf(`${TABLE}/attachments/File/${n}_x.txt`, `file ${n}`);
    attached.push({
      n,
      plain,
      stored: await staging.store(plain.path, Readable.from([Buffer.from(`file ${n}`)])),
    });
  }
  return attached;
};

/** Of an encrypted backup also the one for those who have no key. */
const stagedLists = async (staging: Staging, attached: readonly Attached[]): Promise<Artifact[]> => {
  const cell = { column: 'c2', index: 0, mimetype: null };
  const lost = { ...cell, record: 9, index: 1, title: 'y', missing: 'HTTP 404' };
  const told = attached.map(({ n, plain }) => ({ ...cell, record: n, title: 'x.txt', ...plain }));
  const untold = attached.map(({ stored }) => ({ ...cell, record: null, title: '', ...stored }));
  const path = `${TABLE}/stored-files.json.gz`;
  return [
    ...(await staged(staging, { [`${TABLE}/attachments.json.gz`]: lines([...told, lost]) })),
    ...(staging.secrecy ? [await staging.secrecy.storePlain(path, Readable.from([lines(untold)]))] : []),
  ];
};

const artifactOf = (path: string, content: string): Artifact => ({
  path,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

const PARTS = {
  dump: { status: 'complete', tables: 1, rows: 3, sqlBytes: SQL.length },
  files: { status: 'complete', files: 1, tarBytes: TAR.length },
} as const;

const manifestWith = (
  attachments: { files: number; bytes: number; missing: number },
  recipient: string | undefined,
): Manifest => ({
  ...(recipient === undefined ? {} : { encryption: { format: 'age', recipients: [recipient] } }),
  format: 'nocodb-backup',
  version: '2.0',
  id: ID,
  ...{ status: 'complete', source: 'default', trigger: 'manual' },
  ...{ requestedBy: 'spec', reason: null },
  ...{ requestedAt: '2026-02-05T05:15:00Z', settledAt: '2026-02-05T05:16:00Z' },
  tool: { name: 'nocodb-backup', version: '0.1.0' },
  nocodb: { version: null },
  postgres: null,
  parts: {
    ...PARTS,
    export: {
      status: 'complete',
      bases: [
        {
          id: 'b1',
          title: 'CRM',
          folder: BASE,
          tables: [
            {
              ...{ id: 't1', title: 'Orders', folder: TABLE, status: 'complete' },
              ...{ records: 3, links: 1, attachments },
            },
          ],
        },
      ],
    },
  },
  ...{ failures: [], warnings: [], artifacts: [] },
});
