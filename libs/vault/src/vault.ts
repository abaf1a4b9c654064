import type { Readable } from 'node:stream';
import type { LyingManifest } from '@nocodb-backup/backup';
import type { Artifact, Part } from '@nocodb-backup/events';

/** What one attempt of a service writes before its fact stands; nobody else touches it. */
export interface Staging {
  /**
   * Stores the bytes under `path`, digested in passing and synced to the disk. The name appears only when they are whole;
   * after an error or an abort nothing is left. Never overwrites. Rejects with DiskFullError, or with PermanentError for a
   * path that is taken or leaves the backup.
   */
  store(path: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Artifact>;
  /** Removes everything that the attempt stored; fine when there is nothing. */
  discard(): Promise<void>;
  /** Absent where things are stored as they are. */
  readonly secrecy?: Secrecy;
}

/** How a staging keeps to itself what is stored: bytes are encrypted in passing, and `.age` is appended to their paths. */
export interface Secrecy {
  /** Public keys of those who can read what is stored. */
  recipients(): Promise<string[]>;
  /** Stores as it is what tells nothing of the contents, such as the digests of encrypted files. */
  storePlain(path: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Artifact>;
  /** Stores, for whoever knows the passphrase, the key of a part; nothing where there is none. Belongs into the fact of the part. */
  storeKey(part: Part, signal?: AbortSignal): Promise<Artifact[]>;
}

/** Ids of the backups in a vault, oldest first. One without a manifest is no backup: its making ended half way, or goes on. */
export interface BackupList {
  readonly sealed: readonly string[];
  readonly unsealed: readonly string[];
}

/** A file that lies in a backup, by its path there. */
export type StoredFile = Pick<Artifact, 'path' | 'bytes'>;

/** The read side of a place where backups lie. */
export interface VaultReader {
  backups(): Promise<BackupList>;
  /** The bytes of `manifest.json`. Rejects with PermanentError when there is none, or when it is absurdly large. */
  readManifest(backupId: string): Promise<Uint8Array>;
  /** Each regular file of a backup, or of one folder of it, in no order; none where there is no such folder. Follows no links. */
  files(backupId: string, folder?: string): AsyncIterable<StoredFile>;
  /** Whether an attempt left something in the staging folder: the backup is being made, or its making ended half way. */
  isStaged(backupId: string): Promise<boolean>;
  /** The bytes of one artifact. Rejects with PermanentError when it is missing. */
  open(backupId: string, path: string): Promise<Readable>;
  /** Reads the artifact again: the size and digest that it has now. */
  digest(backupId: string, path: string, signal?: AbortSignal): Promise<Artifact>;
}

/** A place that can tell what lies beside its backups. */
export interface Surroundings {
  /** Names beside the backups that are no backup ids; those of this program, and what starts with a dot, are left out. */
  strangers(): AsyncIterable<string>;
}

/** What was found of a backup when it was removed. */
export interface Removed {
  readonly files: number;
  readonly bytes: number;
  /** What a person should know although it is gone. */
  readonly warnings: readonly string[];
}

/** A place that backups can be removed from. */
export interface Disposal {
  /** What lies there as the manifest of the backup; undefined where there is none. */
  lyingManifest(backupId: string): Promise<LyingManifest | undefined>;
  /**
   * Removes a backup whole, its manifest first: half removed it is no backup. Again is fine. `seen` is the SHA-256 of the manifest that
   * was looked at; undefined: there was none. Rejects with PermanentError where another one lies, or where removing is not allowed.
   */
  remove(backupId: string, seen: string | undefined, signal?: AbortSignal): Promise<Removed>;
}

/** A place where backups are made: stage, publish, then the manifest, last. */
export interface Vault extends VaultReader {
  stage(backupId: string, attemptId: string): Staging;
  /** Moves a staged artifact to its place; again is fine. Rejects with PermanentError when it vanished or the place is taken. */
  publish(backupId: string, attemptId: string, artifact: Artifact): Promise<void>;
  /** Writes `manifest.json`, whole or not at all. The same bytes again are fine; other bytes are a PermanentError. */
  writeManifest(backupId: string, bytes: Uint8Array): Promise<Artifact>;
  /** Removes what attempts left in the backup's staging folder, half-written files of killed ones included. */
  sweep(backupId: string): Promise<void>;
  /** Bytes that can still be written. */
  freeBytes(): Promise<number>;
}
