import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { AttachmentEntry, Manifest } from '@nocodb-backup/backup';
import type { Artifact, Part } from '@nocodb-backup/events';
import { DirectoryVault } from './directory-vault.js';

export const ID = '2026-02-05_05-15-00';
/** Names as people give them. */
export const BASE = 'bases/Kunden & Söhne (50 %)';
export const TABLE = `${BASE}/tables/"Ärzte"; #1 *été*`;

export const RECORDS: readonly unknown[] = JSON.parse(
  '[{"Id":1,"Name":"a, ] [","__proto__":"kept"},{"Id":2,"Name":null}]',
) as unknown[];
export const LINKS = [
  { column: 'c1', from: 1, to: 2 },
  { column: 'c1', from: 2, to: null },
];
export const DEFINITION = { table: { id: 'm1', title: 'Ärzte' }, views: [], hooks: [] };

const lines = (items: readonly unknown[]): Buffer =>
  gzipSync(`[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`);
const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);

/** Makes a backup as the services make one, and seals it: a dump, data files, a table with all there can be, a failed one. */
export const sealBackup = async (root: string): Promise<Manifest> => {
  const vault = new DirectoryVault(root);
  const staging = vault.stage(ID, 'a1');
  const artifacts: (Artifact & { part: Part })[] = [];
  const store = async (part: Part, path: string, bytes: Buffer) => {
    artifacts.push({ ...(await staging.store(path, Readable.from([bytes]))), part });
  };
  const attached = await staging.store(
    `${TABLE}/attachments/Foto/1_x.png`,
    Readable.from([Buffer.from('x')]),
  );
  await store('dump', 'database.sql.gz', gzipSync('SELECT 1;'.repeat(1000)));
  await store('files', 'nocodb-data.tar.gz', gzipSync('tar'));
  await store('export', `${BASE}/metadata.json`, json({ base: { id: 'p1', title: 'Kunden' }, tables: [] }));
  await store('export', `${TABLE}/schema.json`, json(DEFINITION));
  await store('export', `${TABLE}/records.json.gz`, lines(RECORDS));
  await store('export', `${TABLE}/links.json.gz`, lines(LINKS));
  await store('export', `${TABLE}/attachments.json.gz`, lines(entriesOf(attached)));
  for (const artifact of [...artifacts, attached])
    await vault.publish(ID, 'a1', { path: artifact.path, bytes: artifact.bytes, sha256: artifact.sha256 });
  const manifest = { ...MANIFEST, artifacts };
  await vault.writeManifest(ID, json(manifest));
  await vault.sweep(ID);
  return manifest;
};

/** One file that is there, one that NocoDB did not give. */
export const entriesOf = (attached: Artifact): AttachmentEntry[] => {
  const cell = { record: 1, column: 'c2', title: 'x.png', mimetype: 'image/png' };
  return [
    { ...cell, index: 0, ...attached },
    { ...cell, index: 1, missing: 'HTTP 404' },
  ];
};

const figures = { files: 1, bytes: 1, missing: 1 };
export const MANIFEST: Manifest = {
  format: 'nocodb-backup',
  version: '2.0',
  id: ID,
  status: 'partial',
  source: 'nocodb',
  trigger: 'manual',
  requestedBy: 'me',
  reason: null,
  requestedAt: '2026-02-05T05:15:00Z',
  settledAt: '2026-02-05T05:16:00Z',
  tool: { name: 'nocodb-backup', version: '2.0.0' },
  nocodb: { version: '0.301.3' },
  postgres: null,
  parts: {
    dump: { status: 'complete', tables: 1, rows: 1, sqlBytes: 9000 },
    files: { status: 'complete', files: 1, tarBytes: 3 },
    export: {
      status: 'partial',
      bases: [
        {
          id: 'p1',
          title: 'Kunden & Söhne (50 %)',
          folder: BASE,
          tables: [
            {
              id: 'm1',
              title: 'Ärzte',
              folder: TABLE,
              status: 'partial',
              records: 2,
              links: 2,
              attachments: figures,
            },
            {
              id: 'm2',
              title: 'Lost',
              folder: `${BASE}/tables/Lost`,
              status: 'failed',
              records: 0,
              links: 0,
              attachments: { files: 0, bytes: 0, missing: 0 },
            },
          ],
        },
      ],
    },
  },
  failures: [],
  warnings: [],
  artifacts: [],
};
