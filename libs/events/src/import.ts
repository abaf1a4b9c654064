import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Artifact, ContentHash, Destination, Failure, Part, Recipients, Trigger } from './vocabulary.js';

const aboutBackup = stream('backup', 'backupId');
const event = stream('import', 'importId');
const count = z.int().nonnegative();

/** How a part of an imported backup stands, by its manifest. */
const PartStatus = z.enum(['complete', 'partial', 'failed', 'timed-out', 'not requested']);
const part = { status: PartStatus, bytes: count };

const id = z.string().max(128);
const title = z.string().max(255);

/** A table as the manifest of an imported backup tells of it. */
export const ImportedTable = z.strictObject({
  baseId: id,
  tableId: id,
  title,
  status: z.enum(['complete', 'partial', 'failed', 'timed-out']),
  records: count,
  links: count,
  attachments: z.strictObject({ files: count, bytes: count, missing: count }),
  /** Of records and links, as `TableExported` tells it. Absent in manifests of earlier versions and of encrypted backups. */
  contentHash: ContentHash.optional(),
});
export type ImportedTable = z.infer<typeof ImportedTable>;

export const BackupImported = aboutBackup(
  'BackupImported',
  {
    by: 'restorer',
    key: 'n',
    meaning:
      'a backup lies in the vault of which the log did not know that it lies there; what its manifest tells',
  },
  {
    /** The id of the import that found it. */
    n: Token,
    /** Where it was found, and is what the manifest says. */
    destinations: z.array(Destination).min(1),
    /** `legacy`: of the Python tool, which counted nothing. */
    format: z.enum(['2.0', 'legacy']),
    /** Null where there is none: a bare dump of the Python tool. */
    manifest: Artifact.nullable(),
    status: z.enum(['complete', 'partial']),
    source: z.string().max(300),
    parts: z.array(Part),
    records: z.boolean(),
    attachments: z.boolean(),
    trigger: Trigger,
    requestedBy: z.string().max(200),
    reason: z.string().max(500).nullable(),
    requestedAt: z.iso.datetime(),
    settledAt: z.iso.datetime(),
    files: count,
    bytes: count,
    nocodbVersion: z.string().max(100).nullable(),
    postgresVersion: z.string().max(100).nullable(),
    recipients: Recipients.optional(),
    dump: z.strictObject({ ...part, tables: count, rows: count, sqlBytes: count }),
    dataFiles: z.strictObject({ ...part, files: count, tarBytes: count }),
    export: z.strictObject({
      ...part,
      /** Of tables; `exported` are also those in part. */
      planned: count,
      exported: count,
      failed: count,
      bases: z.array(z.strictObject({ baseId: id, title })).max(5000),
      /** Of very many tables the first ones. */
      tables: z.array(ImportedTable).max(5000),
    }),
    failures: z.array(z.string().max(2000)).max(500),
    warnings: z.array(z.string().max(2000)).max(500),
  },
);
export type BackupImported = EventOf<typeof BackupImported>;

export const ImportRequested = event(
  'ImportRequested',
  { by: 'cli', meaning: 'somebody wants the log to know what lies in the vault' },
  {
    /** Backups of this source; null: of any. */
    source: Token.nullable(),
    /** Also what lies there although the log says that it was deleted. */
    deleted: z.boolean(),
    requestedBy: z.string().max(200),
  },
);
export type ImportRequested = EventOf<typeof ImportRequested>;

/**
 * `damaged`: its manifest cannot be used. `other`: not the bytes that the log, or the other place, knows by that id. `source`: of another
 * source. `deleted`: the log says that it was deleted there. `running`: it is being made. `unsealed`: it has no manifest. `foreign`: its
 * name is no backup id.
 */
export const RefusalKind = z.enum([
  'damaged',
  'other',
  'source',
  'deleted',
  'running',
  'unsealed',
  'foreign',
]);
export type RefusalKind = z.infer<typeof RefusalKind>;

/** Something that lies in the vault and was not imported, and why. */
export const RefusedImport = z.strictObject({
  destination: Destination,
  name: z.string().max(300),
  kind: RefusalKind,
  reason: z.string().max(1000),
});
export type RefusedImport = z.infer<typeof RefusedImport>;

export const ImportCompleted = event(
  'ImportCompleted',
  {
    by: 'restorer',
    meaning: 'everything that lies in the vault was looked at; what was not imported, and why',
  },
  {
    /** The places that were looked at, and how many backups lie in each. */
    places: z.array(z.strictObject({ destination: Destination, backups: count })),
    /** By verdict of the manifest. */
    imported: z.strictObject({ complete: count, partial: count }),
    /** The log knew of them, in each place where they lie. */
    known: count,
    /** As many as fit; `refusedCount` tells how many there are. */
    refused: z.array(RefusedImport).max(500),
    refusedCount: count,
    seconds: z.number().nonnegative(),
  },
);
export type ImportCompleted = EventOf<typeof ImportCompleted>;

export const ImportFailed = event(
  'ImportFailed',
  {
    by: 'restorer',
    meaning: 'the vault could not be looked at to the end; what was imported until then stays so',
  },
  { failure: Failure },
);
export type ImportFailed = EventOf<typeof ImportFailed>;
