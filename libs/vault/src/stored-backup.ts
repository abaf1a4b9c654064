import type { Readable } from 'node:stream';
import type { AttachmentEntry, Manifest } from '@nocodb-backup/backup';
import type { Part } from '@nocodb-backup/events';

/** What a restore reads of a backup, whichever program and version made it. */
export interface StoredBackup {
  readonly id: string;
  /**
   * `legacy`: of the Python tool. Its manifest is made up from what lies there: every `sha256` is an empty string, figures that
   * the tool did not write are 0, and `warnings` and `failures` say what cannot be known.
   */
  readonly format: '2.0' | 'legacy';
  readonly manifest: Manifest;
  readonly bases: readonly StoredBase[];
  /**
   * Why nothing encrypted of it can be read here, and what to do about it; absent when all can. A locked backup can be verified, and
   * its titles are ids.
   */
  readonly locked?: string;
  /** The parts that `locked` is about: others are not encrypted, as some service was not told to. */
  readonly lockedParts?: ReadonlySet<Part>;
  /** Of an encrypted backup: the manifest as it lies there, with ids and the paths of encrypted files. */
  readonly storedManifest?: Manifest;
  /** The (decrypted) bytes of an artifact. Rejects with PermanentError when it is missing. */
  open(path: string): Promise<Readable>;
  /**
   * Reads the artifacts and compares them with the manifest: size, digest; where there is no digest, that the archive is
   * whole. A table's `paths.attachments` stands for the list and every file that it names. Rejects with a DamagedBackupError that
   * names what is damaged, and what is left; `progress` hears bytes read and their total.
   */
  verify(paths: readonly string[], options: VerifyOptions): Promise<void>;
}

export interface VerifyOptions {
  readonly signal: AbortSignal;
  /** Whether an attached file that a list names is read, asked once for each; all are, if not given. Old backups have no lists. */
  readonly wants?: (path: string) => boolean;
  progress(figures: { readonly bytes: number; readonly bytesTotal: number }): void;
}

type ManifestBase = Manifest['parts']['export']['bases'][number];

export interface StoredBase extends Omit<ManifestBase, 'tables'> {
  readonly tables: readonly StoredTable[];
  /** The base as NocoDB described it, not the rest of `metadata.json`. */
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
  /**
   * Paths of its artifacts by what they hold, without the attached files themselves. In a `legacy` backup, `attachments` is
   * their folder: there is no list.
   */
  readonly paths: Readonly<Partial<Record<'schema' | 'records' | 'order' | 'links' | 'attachments', string>>>;
  /** `schema.json` as it is: `{ table, views, hooks }`, the caller parses it. Rejects with PermanentError where it is not in the backup. */
  definition(): Promise<unknown>;
  records(signal: AbortSignal): AsyncIterable<StoredRow>;
  /** Record ids in the order in which people see them; nothing where none is known. */
  order(signal: AbortSignal): AsyncIterable<unknown>;
  links(signal: AbortSignal): AsyncIterable<StoredLink>;
  attachments(signal: AbortSignal): AsyncIterable<AttachmentEntry>;
}
