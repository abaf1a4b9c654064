import * as backup from './backup.js';
import type { EventType } from './event.js';
import * as restore from './restore.js';

/** Every kind of event that this version knows, in the order in which a backup and its restores meet them. */
export const allEvents = [
  backup.BackupRequested,
  backup.DumpCompleted,
  backup.DumpFailed,
  backup.FilesArchived,
  backup.FilesArchiveFailed,
  backup.ExportPlanned,
  backup.TableExportRequested,
  backup.TableExported,
  backup.TableExportFailed,
  backup.ExportCompleted,
  backup.ExportFailed,
  backup.Uploaded,
  backup.UploadFailed,
  backup.BackupTimedOut,
  restore.RestoreRequested,
  restore.RestorePlanned,
  restore.RestoreStepCompleted,
  restore.RestoreCompleted,
  restore.RestoreFailed,
  restore.RestoreRefused,
] as const;

export type BackupEvent =
  | backup.BackupRequested
  | backup.DumpCompleted
  | backup.DumpFailed
  | backup.FilesArchived
  | backup.FilesArchiveFailed
  | backup.ExportPlanned
  | backup.TableExportRequested
  | backup.TableExported
  | backup.TableExportFailed
  | backup.ExportCompleted
  | backup.ExportFailed
  | backup.Uploaded
  | backup.UploadFailed
  | backup.BackupTimedOut;

export type RestoreEvent =
  | restore.RestoreRequested
  | restore.RestorePlanned
  | restore.RestoreStepCompleted
  | restore.RestoreCompleted
  | restore.RestoreFailed
  | restore.RestoreRefused;

export type KnownEvent = BackupEvent | RestoreEvent;

const byType: ReadonlyMap<string, EventType> = new Map(
  allEvents.map((event) => [event.type, event as unknown as EventType]),
);

/** The definition of a type by its name, or undefined for a type of another version of this program. */
export const eventType = (type: string): EventType | undefined => byType.get(type);
