export * from './backup.js';
export {
  type AlertEvent,
  allEvents,
  type BackupEvent,
  eventType,
  type ImportEvent,
  type KeepingEvent,
  type KnownEvent,
  type NotificationEvent,
  type RestoreEvent,
  type ScheduleEvent,
  type VerificationEvent,
} from './catalogue.js';
export * from './deletion.js';
export { eventsDocument, readmeWithEvents } from './document.js';
export * from './download.js';
export { type Event, type EventOf, type EventType, stream, Token } from './event.js';
export * from './import.js';
export * from './notification.js';
export * from './restore.js';
export * from './schedule.js';
export * from './upload.js';
export { PermanentError } from './permanent-error.js';
export {
  Artifact,
  ArtifactPath,
  Attempt,
  Codec,
  ContentHash,
  Destination,
  Failure,
  Part,
  Recipients,
  Trigger,
  Warning,
} from './vocabulary.js';
export * from './verification.js';
