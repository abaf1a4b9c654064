import * as backup from './backup.js';
import * as deletion from './deletion.js';
import * as download from './download.js';
import type { EventType } from './event.js';
import * as imports from './import.js';
import * as notification from './notification.js';
import * as restore from './restore.js';
import * as schedule from './schedule.js';
import * as upload from './upload.js';
import * as verification from './verification.js';

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
  upload.PartUploaded,
  upload.PartUploadFailed,
  upload.PartsUploaded,
  backup.Uploaded,
  backup.UploadFailed,
  backup.BackupTimedOut,
  verification.VerificationRequested,
  verification.Verified,
  verification.VerificationFailed,
  deletion.BackupPinned,
  deletion.BackupUnpinned,
  deletion.BackupExpired,
  deletion.DeletionRequested,
  deletion.DeletionRefused,
  deletion.BackupDeleted,
  deletion.DeletionFailed,
  download.DownloadRequested,
  download.Downloaded,
  download.DownloadFailed,
  imports.ImportRequested,
  imports.BackupImported,
  imports.ImportCompleted,
  imports.ImportFailed,
  restore.RestoreRequested,
  restore.RestorePlanned,
  restore.RestoreStepCompleted,
  restore.RestoreCompleted,
  restore.RestoreFailed,
  restore.RestoreRefused,
  schedule.ScheduleSet,
  schedule.RunDecided,
  schedule.VersionSeen,
  notification.ChannelOpened,
  notification.NotificationSent,
  notification.NotificationFailed,
  notification.AlertRaised,
  notification.AlertCleared,
] as const;

export type VerificationEvent =
  verification.VerificationRequested | verification.Verified | verification.VerificationFailed;

/** What becomes of a backup once it is made: kept, expired, deleted here or there, fetched back. */
export type KeepingEvent =
  | deletion.BackupPinned
  | deletion.BackupUnpinned
  | deletion.BackupExpired
  | deletion.DeletionRequested
  | deletion.DeletionRefused
  | deletion.BackupDeleted
  | deletion.DeletionFailed
  | download.DownloadRequested
  | download.Downloaded
  | download.DownloadFailed
  | imports.BackupImported;

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
  | upload.PartUploaded
  | upload.PartUploadFailed
  | upload.PartsUploaded
  | backup.Uploaded
  | backup.UploadFailed
  | backup.BackupTimedOut
  | VerificationEvent
  | KeepingEvent;

export type RestoreEvent =
  | restore.RestoreRequested
  | restore.RestorePlanned
  | restore.RestoreStepCompleted
  | restore.RestoreCompleted
  | restore.RestoreFailed
  | restore.RestoreRefused;

export type ImportEvent = imports.ImportRequested | imports.ImportCompleted | imports.ImportFailed;

export type ScheduleEvent = schedule.ScheduleSet | schedule.RunDecided | schedule.VersionSeen;

export type NotificationEvent =
  notification.ChannelOpened | notification.NotificationSent | notification.NotificationFailed;

export type AlertEvent = notification.AlertRaised | notification.AlertCleared;

export type KnownEvent =
  BackupEvent | RestoreEvent | ImportEvent | ScheduleEvent | NotificationEvent | AlertEvent;

const byType: ReadonlyMap<string, EventType> = new Map(
  allEvents.map((event) => [event.type, event as unknown as EventType]),
);

/** The definition of a type by its name, or undefined for a type of another version of this program. */
export const eventType = (type: string): EventType | undefined => byType.get(type);
