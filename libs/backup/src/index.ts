export { awaitedParts, type Backup, type Moment, type Outcome } from './backup.js';
export { BackupId, backupIdOf, instantOf } from './backup-id.js';
export { type BackupContent, backupRequest, type Occasion } from './backup-request.js';
export { type BackupFact, evolve, foldBackup } from './evolve.js';
export { Manifest } from './manifest.js';
export { isComplete, manifestOf } from './manifest-of.js';
export { failuresOf, type PartStatus, statusOfPart } from './part-status.js';
export { type StandingArtifact, standingArtifacts } from './standing-artifacts.js';
export { hasEnded, type Verdict, verdictOf } from './verdict.js';
