import type { Readable } from 'node:stream';
import type { AttachmentEntry, Manifest } from '@nocodb-backup/backup';

/** What a restore reads of a backup, whichever program and version made it. */
export interface StoredBackup {
  readonly id: string;
  /** `legacy`: of the Python tool; its manifest is made up from what lies there, and has no digests. */
  readonly format: '2.0' | 'legacy';
  readonly manifest: Manifest;
  readonly bases: readonly StoredBase[];
  /** The stored bytes of an artifact. Rejects with PermanentError when it is missing. */
  open(path: string): Promise<Readable>;
  /**
   * Reads the artifacts and compares them with the manifest: size, digest; where there is no digest, that the archive is
   * whole. Rejects with a PermanentError that names every damaged one; `progress` hears bytes read and their total.
   */
  verify(paths: readonly string[], options: VerifyOptions): Promise<void>;
}

export interface VerifyOptions {
  readonly signal: AbortSignal;
  progress(figures: { readonly bytes: number; readonly bytesTotal: number }): void;
}

type ManifestBase = Manifest['parts']['export']['bases'][number];

export interface StoredBase extends Omit<ManifestBase, 'tables'> {
  readonly tables: readonly StoredTable[];
  /** The base as NocoDB described it. */
  metadata(): Promise<Readonly<Record<string, unknown>>>;
}

/** One record as NocoDB gave it, by column title. */
export type StoredRow = Readonly<Record<string, unknown>>;

/** A link of the column `column` (its id in the backup): record `from` of the column's table to record `to`. */
export interface StoredLink {
  readonly column: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** A table of the backup. What it does not hold is empty, and `paths` tells what it holds. */
export interface StoredTable {
  /** Its line in the manifest: id, title, folder, status, figures. */
  readonly entry: ManifestBase['tables'][number];
  readonly base: Pick<ManifestBase, 'id' | 'title' | 'folder'>;
  /** Paths of its artifacts by what they hold, without the attached files themselves. */
  readonly paths: Readonly<Partial<Record<'schema' | 'records' | 'order' | 'links' | 'attachments', string>>>;
  /** `schema.json` as it is: `{ table, views, hooks }`, the caller parses it. */
  definition(): Promise<unknown>;
  records(signal: AbortSignal): AsyncIterable<StoredRow>;
  /** Record ids in the order in which people see them; nothing where none is known. */
  order(signal: AbortSignal): AsyncIterable<unknown>;
  links(signal: AbortSignal): AsyncIterable<StoredLink>;
  attachments(signal: AbortSignal): AsyncIterable<AttachmentEntry>;
}
