import type { Backup, Moment, Restore } from '@nocodb-backup/backup';
import type {
  AlertCleared,
  AlertRaised,
  BackupExpired,
  DeletionFailed,
  NotificationFailed,
  RestoreCompleted,
  RestoreFailed,
  RestoreRefused,
  RunDecided,
  UploadFailed,
  Uploaded,
  VerificationFailed,
  Verified,
  VersionSeen,
} from '@nocodb-backup/events';

/** An event of which people may be told, as it is recorded. */
export type Tellable = Moment & { readonly subject: string } & (
    | AlertCleared
    | AlertRaised
    | BackupExpired
    | DeletionFailed
    | NotificationFailed
    | RestoreCompleted
    | RestoreFailed
    | RestoreRefused
    | RunDecided
    | UploadFailed
    | Uploaded
    | VerificationFailed
    | Verified
    | VersionSeen
  );

/** What one must know beside an event to tell of it. */
export interface Known {
  /** The backup that the event is about, folded at least up to it. */
  readonly backup?: Backup | undefined;
  readonly restore?: Restore | undefined;
  /** The newest complete backup of the source before this one. */
  readonly lastGood?: { readonly id: string; readonly endedAt: Date } | undefined;
  /** The same has been told before, and is told no more until it changes. */
  readonly isRepeated?: boolean;
}
