import * as e from '@nocodb-backup/events';

type Told = Pick<e.EventType, 'stream' | 'type' | 'key'>;

/** Of what people are told, where the level lets it through. */
const forPeople = [
  e.Uploaded,
  e.UploadFailed,
  e.Verified,
  e.VerificationFailed,
  e.BackupExpired,
  e.DeletionFailed,
  e.RestoreCompleted,
  e.RestoreFailed,
  e.RestoreRefused,
  e.RunDecided,
  e.VersionSeen,
  e.NotificationFailed,
  e.AlertRaised,
  e.AlertCleared,
] as const satisfies readonly Told[];

/** What a dead man's switch wants to know. */
const forPing = [
  e.BackupRequested,
  e.Uploaded,
  e.UploadFailed,
  e.AlertRaised,
] as const satisfies readonly Told[];

/** The events that a channel's lane takes. */
export const toldOn = (channel: e.NotificationChannel): readonly e.EventType[] =>
  channel === 'ping' ? forPing : forPeople;
