import {
  awaitedUploads,
  type Backup,
  manifestKey,
  type Moment,
  statusOfPart,
  uploadFailure,
} from '@nocodb-backup/backup';

/** What the sealing of a backup comes to next. */
export type Step =
  | { readonly step: 'none' }
  /** Parts are on their way to the bucket; look again then, if nothing has come of them. */
  | { readonly step: 'wait'; readonly until: Date }
  /** These took too long: the backup is sealed without the bucket. */
  | { readonly step: 'give up'; readonly keys: readonly string[] }
  /** All parts lie in the bucket: its manifest may be written. */
  | { readonly step: 'seal in the bucket' }
  | { readonly step: 'seal' };

const HOUR_MS = 3_600_000;

export interface Situation {
  /** Whether backups are brought to a bucket. */
  readonly hasBucket: boolean;
  /** The place in the log of the fact that is answered. */
  readonly sequence: number;
  readonly now: Date;
}

/** Decides by the facts, so that two uploaders come to the same. */
export const nextStep = (backup: Backup, { hasBucket, sequence, now }: Situation): Step => {
  const { settled, ending, uploads } = backup;
  if (!settled || ending) return { step: 'none' };
  if (!hasBucket || !holdsAnything(backup)) return { step: 'seal' };
  const awaited = awaitedUploads(backup);
  if (awaited.length > 0) {
    // One delivery watches the clock; the others would only fill the queue.
    if (sequence !== settled.sequence) return { step: 'none' };
    const until = uploadDeadline(backup, settled);
    return now < until ? { step: 'wait', until } : { step: 'give up', keys: awaited };
  }
  const isDecided = uploads.has(manifestKey) || uploadFailure(backup) !== undefined;
  return isDecided ? { step: 'seal' } : { step: 'seal in the bucket' };
};

/** The backup's own, but an hour at least: the last part may have come just before it. */
const uploadDeadline = ({ request }: Backup, settled: Moment): Date =>
  new Date(Math.max(Date.parse(request.deadline), settled.time.getTime() + HOUR_MS));

/** Whether some part succeeded, so that there is something to keep. */
export const holdsAnything = (backup: Backup): boolean =>
  backup.request.parts.some((part) => ['complete', 'partial'].includes(statusOfPart(backup, part)));
