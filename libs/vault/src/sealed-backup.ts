import { AttachmentEntry, type Manifest } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
import { unreadable } from './damaged.js';
import type { Shelf } from './shelf.js';
import { smallJson } from './small-json.js';
import type { StoredBackup, StoredBase, StoredLink, StoredTable } from './stored-backup.js';
import { storedItems, storedRow } from './stored-items.js';
import { verifyArtifacts } from './verify-artifacts.js';

type Base = Manifest['parts']['export']['bases'][number];
type Table = Base['tables'][number];

/** A backup of this program, read by its manifest. */
export const sealedBackup = (shelf: Shelf, manifest: Manifest): StoredBackup => {
  const stored = new Set(manifest.artifacts.map(({ path }) => path));
  return {
    id: manifest.id,
    format: '2.0',
    manifest,
    bases: manifest.parts.export.bases.map((base) => ({
      ...base,
      tables: base.tables.map((entry) => sealedTable(shelf, { base, entry, stored })),
      metadata: () => metadataOf(shelf, base),
    })),
    open: (path) => shelf.vault.open(shelf.backupId, path),
    verify: (paths, options) => verifyArtifacts(shelf, manifest, { paths, ...options }),
  };
};

const Metadata = z.looseObject({ base: z.looseObject({}) });

const metadataOf = async (shelf: Shelf, base: Base): ReturnType<StoredBase['metadata']> => {
  const path = `${base.folder}/metadata.json`;
  const content = await smallJson(shelf, path);
  try {
    return Metadata.parse(content).base;
  } catch (error) {
    throw unreadable(error, shelf.backupId, path);
  }
};

interface Place {
  readonly base: Base;
  readonly entry: Table;
  readonly stored: ReadonlySet<string>;
}

const sealedTable = (shelf: Shelf, { base, entry, stored }: Place): StoredTable => {
  const paths = pathsOf(entry, stored);
  return {
    entry,
    base: { id: base.id, title: base.title, folder: base.folder },
    paths,
    definition: () => {
      if (paths.schema !== undefined) return smallJson(shelf, paths.schema);
      return Promise.reject(
        new PermanentError(
          `table "${entry.title}" of base "${base.title}" is not in backup ${shelf.backupId} (${entry.status})`,
        ),
      );
    },
    records: (signal) => storedItems(shelf, paths.records, { read: storedRow, signal }),
    order: (signal) => storedItems(shelf, paths.order, { read: (id) => id, signal }),
    links: (signal) => storedItems(shelf, paths.links, { read: link, signal }),
    attachments: (signal) => storedItems(shelf, paths.attachments, { read: attachment, signal }),
  };
};

const FILES = {
  schema: 'schema.json',
  records: 'records.json.gz',
  order: 'order.json.gz',
  links: 'links.json.gz',
  attachments: 'attachments.json.gz',
};

/** Of a table that failed, the manifest has no artifact. */
const pathsOf = ({ folder }: Table, stored: ReadonlySet<string>): StoredTable['paths'] => {
  const all = Object.entries(FILES).map(([what, name]) => [what, `${folder}/${name}`] as const);
  return Object.fromEntries(all.filter(([, path]) => stored.has(path)));
};

const Link = z.strictObject({ column: z.string(), from: z.unknown(), to: z.unknown() });
const link = (item: unknown): StoredLink => Link.parse(item);
const attachment = (item: unknown): AttachmentEntry => AttachmentEntry.parse(item);
