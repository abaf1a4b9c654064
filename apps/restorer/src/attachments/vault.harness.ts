import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { AttachmentEntry } from '@nocodb-backup/backup';
import type { Artifact } from '@nocodb-backup/events';
import { DirectoryVault, openBackup, type StoredBackup, type StoredTable } from '@nocodb-backup/vault';

/** A table as the test knows it: what the backup shall hold of it. */
export interface BackedUpTable {
  readonly base: { readonly id: string; readonly title: string };
  readonly table: { readonly id: string; readonly title: string };
  readonly files: readonly (Pick<AttachmentEntry, 'record' | 'column' | 'index' | 'title'> & {
    /** null: NocoDB did not give it. */
    readonly content: Buffer | null;
  })[];
}

export const backupId = '2026-02-05_05-15-00';
const gzipped = (items: readonly unknown[]) =>
  gzipSync(`[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`);

/** A sealed backup with one table, as the services make it. */
export const sealed = async (
  root: string,
  given: BackedUpTable,
  { damaged = '' } = {},
): Promise<{ backup: StoredBackup; stored: StoredTable }> => {
  const vault = new DirectoryVault(root);
  const staging = vault.stage(backupId, 'a1');
  const artifacts: Artifact[] = [];
  const store = async (path: string, bytes: Buffer) => {
    const artifact = await staging.store(path, Readable.from([bytes]));
    await vault.publish(backupId, 'a1', artifact);
    return artifact;
  };
  const folder = 'bases/b/tables/t';
  const entries: AttachmentEntry[] = [];
  for (const [number, { content, ...file }] of given.files.entries()) {
    const about = { ...file, mimetype: 'text/plain' };
    if (content === null) entries.push({ ...about, missing: 'HTTP 404' });
    else entries.push({ ...about, ...(await store(`${folder}/attachments/f/${number}_x`, content)) });
    if (file.title === damaged)
      await appendFile(join(root, backupId, `${folder}/attachments/f/${number}_x`), '!');
  }
  const schema = { table: given.table, views: [], hooks: [] };
  artifacts.push(await store(`${folder}/schema.json`, Buffer.from(JSON.stringify(schema))));
  artifacts.push(await store(`${folder}/attachments.json.gz`, gzipped(entries)));
  await vault.writeManifest(backupId, Buffer.from(JSON.stringify(manifestOf(given, folder, artifacts))));
  const backup = await openBackup(vault, backupId);
  const [stored] = backup.bases[0]?.tables ?? [];
  if (stored === undefined) throw new Error('the backup has no table');
  return { backup, stored };
};

const manifestOf = (given: BackedUpTable, folder: string, artifacts: readonly Artifact[]) => ({
  ...blank,
  parts: {
    ...blank.parts,
    export: {
      status: 'complete',
      bases: [{ ...given.base, folder: 'bases/b', tables: [tableOf(given, folder)] }],
    },
  },
  artifacts: artifacts.map((artifact) => ({ ...artifact, part: 'export' })),
});

const tableOf = ({ table, files }: BackedUpTable, folder: string) => ({
  id: table.id,
  title: table.title,
  folder,
  status: 'complete',
  records: 0,
  links: 0,
  attachments: figuresOf(files),
});

const blank = {
  format: 'nocodb-backup',
  version: '2.0',
  id: backupId,
  status: 'complete',
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
    dump: { status: 'not requested', tables: 0, rows: 0, sqlBytes: 0 },
    files: { status: 'not requested', files: 0, tarBytes: 0 },
  },
  failures: [],
  warnings: [],
};

const figuresOf = (files: BackedUpTable['files']) => {
  const there = files.flatMap(({ content }) => content ?? []);
  const bytes = there.reduce((sum, content) => sum + content.length, 0);
  return { files: there.length, bytes, missing: files.length - there.length };
};
