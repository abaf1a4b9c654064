import type {
  Artifact,
  BackupImported,
  BackupRequested,
  DumpCompleted,
  ExportCompleted,
  ExportPlanned,
  Failure,
  FilesArchived,
  Part,
  PartUploaded,
  PartUploadFailed,
  TableExported,
  UploadFailed,
  Uploaded,
} from '@nocodb-backup/events';
import type { Checks } from './checks.js';
import type { Keeping } from './keeping.js';

/** Nothing yet, the fact that ended it well, why it did not, or that the deadline passed first. */
export type Outcome<Data> =
  | { readonly state: 'awaited' }
  | { readonly state: 'succeeded'; readonly data: Data }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'timed-out' };

/** A place in the log. */
export interface Moment {
  readonly sequence: number;
  readonly time: Date;
}

/** What became of bringing a part to the bucket. */
export type Upload =
  | { readonly state: 'uploaded'; readonly data: PartUploaded['data'] }
  | { readonly state: 'failed'; readonly data: PartUploadFailed['data'] };

/** What the manifest makes of a backup. */
export type Sealing = Omit<Uploaded['data'], 'manifest'> & {
  /** Null where there is none: a bare dump of the Python tool. */
  readonly manifest: Artifact | null;
};

/** One backup, folded from its facts. */
export interface Backup {
  readonly id: string;
  /** The place in the log up to which it is folded. */
  readonly seen: number;
  readonly requestedAt: Date;
  readonly request: Readonly<BackupRequested['data']>;
  /** What its manifest told when it was found in the vault; of such a backup the parts, tables and uploads below are not known. */
  readonly imported: BackupImported['data'] | undefined;
  readonly dump: Outcome<DumpCompleted['data']>;
  readonly files: Outcome<FilesArchived['data']>;
  readonly export: Outcome<ExportCompleted['data']>;
  readonly plan: ExportPlanned['data'] | undefined;
  /** By table id, in the order in which the tables ended; a table that is not here is still awaited. */
  readonly tables: ReadonlyMap<string, Outcome<TableExported['data']>>;
  /** By `dump`, `files`, `plan`, a table's id, `manifest`; one that is not here is awaited, or not wanted. */
  readonly uploads: ReadonlyMap<string, Upload>;
  /** When the last wanted part had ended. What comes later is not part of the backup. */
  readonly settled: Moment | undefined;
  /** What verifications and drills have said of it. */
  readonly checks: Checks;
  /** What became of it after it was made. */
  readonly keeping: Keeping;
  readonly ending:
    | { readonly state: 'sealed'; readonly at: Moment; readonly data: Sealing }
    | { readonly state: 'not sealed'; readonly at: Moment; readonly data: UploadFailed['data'] }
    | undefined;
}

/** The wanted parts that have not ended. */
export const awaitedParts = (backup: Backup): Part[] =>
  backup.imported ? [] : backup.request.parts.filter((part) => backup[part].state === 'awaited');
