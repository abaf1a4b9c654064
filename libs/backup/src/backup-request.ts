import { BackupRequested, type Part, type Trigger } from '@nocodb-backup/events';
import { backupIdOf } from './backup-id.js';

/** What a backup shall consist of. */
export interface BackupContent {
  readonly source: string;
  readonly parts: readonly Part[];
  readonly records: boolean;
  readonly attachments: boolean;
  /** How long after it was requested a backup may take before it is closed as it is. */
  readonly deadlineHours: number;
}

/** Why a backup is wanted, by whom, and the instant that it is planned for: now, or earlier when a run was missed. */
export interface Occasion {
  readonly instant: Date;
  /** When it is requested, where that is not the instant. */
  readonly now?: Date;
  readonly trigger: Trigger;
  readonly requestedBy: string;
  readonly reason?: string;
}

const HOUR_MS = 3_600_000;

/** The request for the backup of one planned instant: whoever makes it, the id is the same. */
export const backupRequest = (
  content: BackupContent,
  { instant, now = instant, ...occasion }: Occasion,
): BackupRequested =>
  BackupRequested({
    backupId: backupIdOf(instant),
    source: content.source,
    parts: [...content.parts],
    records: content.records,
    attachments: content.attachments,
    deadline: new Date(now.getTime() + content.deadlineHours * HOUR_MS).toISOString(),
    ...occasion,
  });
