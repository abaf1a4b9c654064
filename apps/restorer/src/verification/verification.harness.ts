import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Manifest } from '@nocodb-backup/backup';
import type { Artifact, Part } from '@nocodb-backup/events';
import { DirectoryVault } from '@nocodb-backup/vault';
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
  async seal({ id = ID, files = {}, said = (manifest) => manifest }: Wish = {}): Promise<Artifact> {
    const vault = new DirectoryVault(this.root);
    const staging = vault.stage(id, 'a1');
    const stored: Artifact[] = [];
    const store = async (path: string, bytes: Buffer) => {
      const artifact = await staging.store(path, Readable.from([bytes]));
      stored.push(artifact);
      return artifact;
    };
    const attached = [];
    for (let n = 1; n <= ATTACHED; n++) {
      const file = await store(`${TABLE}/attachments/File/${n}_x.txt`, Buffer.from(`file ${n}`));
      attached.push({ record: n, column: 'c2', index: 0, title: 'x.txt', mimetype: null, ...file });
    }
    const lost = { record: 9, column: 'c2', index: 1, title: 'y', mimetype: null, missing: 'HTTP 404' };
    const index = { [`${TABLE}/attachments.json.gz`]: lines([...attached, lost]) };
    const artifacts = [];
    for (const [path, bytes] of Object.entries<Buffer | null>({ ...usual, ...index, ...files }))
      if (bytes !== null) artifacts.push({ ...(await store(path, bytes)), part: partOf(path) });
    for (const { path, bytes, sha256 } of stored) await vault.publish(id, 'a1', { path, bytes, sha256 });
    await vault.sweep(id);
    const bytes = attached.reduce((sum, file) => sum + file.bytes, 0);
    const manifest = said({ ...manifestWith({ files: ATTACHED, bytes, missing: 1 }), id, artifacts });
    return vault.writeManifest(id, json(manifest));
  }
}

const manifestWith = (attachments: { files: number; bytes: number; missing: number }): Manifest => ({
  format: 'nocodb-backup',
  version: '2.0',
  id: ID,
  status: 'complete',
  source: 'default',
  trigger: 'manual',
  ...{ requestedBy: 'spec', reason: null },
  ...{ requestedAt: '2026-02-05T05:15:00Z', settledAt: '2026-02-05T05:16:00Z' },
  tool: { name: 'nocodb-backup', version: '0.1.0' },
  nocodb: { version: null },
  postgres: null,
  parts: {
    dump: { status: 'complete', tables: 1, rows: 3, sqlBytes: SQL.length },
    files: { status: 'complete', files: 1, tarBytes: TAR.length },
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
