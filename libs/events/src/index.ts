export * from './backup.js';
export { allEvents, type BackupEvent, eventType, type KnownEvent, type RestoreEvent } from './catalogue.js';
export { eventsDocument, readmeWithEvents } from './document.js';
export { type Event, type EventOf, type EventType, stream, Token } from './event.js';
export * from './restore.js';
export { PermanentError } from './permanent-error.js';
export { Artifact, ArtifactPath, Attempt, Failure, Part, Trigger, Warning } from './vocabulary.js';
