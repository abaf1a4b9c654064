export { type AlertFact, type Alerts, alertsOf, evolveAlerts, noAlerts } from './alerts.js';
export { AttachmentEntry, type AttachmentIndex, attachmentIndexes } from './attachment-index.js';
export { awaitedParts, type Backup, type Moment, type Outcome, type Sealing, type Upload } from './backup.js';
export { backupImported, type FoundBackup } from './backup-imported.js';
export { boundedTexts, cutText } from './bounded-texts.js';
export { BackupId, backupIdOf, instantOf } from './backup-id.js';
export { type BackupContent, backupRequest, type Occasion } from './backup-request.js';
export {
  type CheckEnding,
  type CheckFact,
  type Checks,
  evolveChecks,
  evolveVerification,
  isCheckFact,
  noChecks,
  type Verification,
} from './checks.js';
export { deletionRefusal, unloggedDeletionRefusal } from './deletion-refusal.js';
export { dueForDrill, dueForVerification, newestComplete } from './due-for-check.js';
export { type BackupFact, evolve, foldBackup } from './evolve.js';
export {
  asMade,
  evolveKeeping,
  type Expiry,
  isExpired,
  isKeepingFact,
  type Keeping,
  type KeepingFact,
  type Move,
  placesOf,
} from './keeping.js';
export { lightened } from './lightened.js';
export { type LoggedSummary, loggedSummary } from './logged-summary.js';
export { ageText, countText, durationText, numberText, sizeText, timeText } from './figures.js';
export { Manifest } from './manifest.js';
export { manifestOf } from './manifest-of.js';
export { failuresOf, type PartStatus, statusOfPart } from './part-status.js';
export {
  evolveRestore,
  foldRestore,
  type Restore,
  type RestoreEnding,
  type RestoreFact,
  type RestoreVerdict,
  restoreVerdictOf,
} from './restore.js';
export {
  type RetentionCandidate,
  retentionOf,
  type RetentionPolicy,
  type RetentionVerdict,
} from './retention.js';
export { retentionFacts } from './retention-facts.js';
export { isGoodIn, newestGood, type PlacedVerdict, retentionPlan } from './retention-plan.js';
export { type StandingArtifact, standingArtifacts } from './standing-artifacts.js';
export { manifestBytes, storedBytes } from './stored-bytes.js';
export {
  type BackupSummary,
  type CheckSummary,
  checkSummary,
  type ContentSummary,
  contentSummaryOf,
  isGood,
  noCheckSummary,
  summaryAt,
  summaryOf,
} from './summary.js';
export { tableTitle } from './table-title.js';
export {
  awaitedUploads,
  isInBucket,
  manifestKey,
  uploadedTotals,
  uploadFailure,
  type UploadPart,
  uploadParts,
} from './upload-parts.js';
export { isManifestOf, type LyingManifest, strangerRefusal, takenPlace } from './lying-manifest.js';
export { hasEnded, placesOfBackup, type Verdict, verdictOf } from './verdict.js';
