import { Destination } from '@nocodb-backup/events';
import type { Backup } from './backup.js';
import { instantOf } from './backup-id.js';
import { statusOfPart } from './part-status.js';
import {
  type RetentionCandidate,
  retentionOf,
  type RetentionPolicy,
  type RetentionVerdict,
} from './retention.js';
import { hasEnded, placesOfBackup } from './verdict.js';

/** What is to become of a backup in one of the destinations, and why. */
export interface PlacedVerdict extends RetentionVerdict {
  readonly destination: Destination;
  readonly backup: Backup;
}

/**
 * Judges the backups of one source, each destination by itself, newest first. A backup is pushed out only by those that hold
 * at least as much: dumps alone never push out what holds the files, too.
 */
export const retentionPlan = (
  backups: readonly Backup[],
  policy: RetentionPolicy,
  now: Date,
): PlacedVerdict[] =>
  Destination.options.flatMap((destination) => {
    const here = backups.filter((backup) => isIn(backup, destination));
    const series = Map.groupBy(here, (backup) => contentOf(backup).join());
    const verdicts = [...series.values()].flatMap((own) => judged(own, here, { destination, policy, now }));
    return verdicts.sort((a, b) => (a.id < b.id ? 1 : -1));
  });

/** The newest backup that is whole, undamaged, and lies there, of those that hold at least as much as the given one. */
export const newestGood = (
  backups: readonly Backup[],
  { like, destination }: { readonly like: Backup; readonly destination: Destination },
): Backup | undefined =>
  backups
    .filter((other) => isGoodIn(other, destination) && holdsAsMuch(other, like))
    .sort((a, b) => (a.id < b.id ? 1 : -1))[0];

/** It lies there, every part of it is whole, and no check has found damage. */
export const isGoodIn = (backup: Backup, destination: Destination): boolean =>
  placesOfBackup(backup).includes(destination) && isWhole(backup) && !isDamaged(backup);

interface Judgement {
  readonly destination: Destination;
  readonly policy: RetentionPolicy;
  readonly now: Date;
}

const judged = (
  own: readonly Backup[],
  here: readonly Backup[],
  { destination, policy, now }: Judgement,
): PlacedVerdict[] => {
  const [like] = own;
  if (!like) return [];
  const candidates = here
    .filter((other) => holdsAsMuch(other, like))
    .map((backup) => candidateOf(backup, destination));
  const byId = new Map(own.map((backup) => [backup.id, backup]));
  return retentionOf(candidates, policy, now).flatMap((verdict) => {
    const backup = byId.get(verdict.id);
    return backup ? { ...verdict, destination, backup } : [];
  });
};

const candidateOf = (backup: Backup, destination: Destination): RetentionCandidate => ({
  id: backup.id,
  instant: instantOf(backup.id) ?? backup.requestedAt,
  isComplete: placesOfBackup(backup).includes(destination) && isWhole(backup),
  isPinned: backup.keeping.pinned !== undefined,
  isVerified: Boolean(backup.checks.verified ?? backup.checks.proven),
  isDamaged: isDamaged(backup),
  fetchedAt: fetchedTo(backup, destination),
});

const fetchedTo = ({ keeping }: Backup, destination: Destination): Date | undefined => {
  const last = keeping.moves.get(destination);
  return last?.move === 'downloaded' ? last.time : undefined;
};

/** That it could not be brought to another destination takes nothing from it where it lies. */
const isWhole = (backup: Backup): boolean =>
  backup.request.parts.every((part) => statusOfPart(backup, part) === 'complete');

const isDamaged = ({ checks }: Backup): boolean => Boolean(checks.damage.verify ?? checks.damage.drill);

/** It lies there, or something of it was left there that is no backup; the bucket is swept of such by the uploader itself. */
const isIn = (backup: Backup, destination: Destination): boolean => {
  if (!hasEnded(backup)) return false;
  const places = placesOfBackup(backup);
  if (places.includes(destination)) return true;
  if (backup.keeping.moves.get(destination)?.move === 'deleted') return false;
  return destination === 'local' && backup.ending?.state === 'not sealed';
};

const contentOf = ({ request }: Backup): string[] => {
  const exports = request.parts.includes('export');
  const more = [
    ...(exports && request.records ? ['records'] : []),
    ...(exports && request.attachments ? ['attachments'] : []),
  ];
  return [...request.parts, ...more].sort();
};

const holdsAsMuch = (backup: Backup, like: Backup): boolean => {
  const content = new Set(contentOf(backup));
  return contentOf(like).every((part) => content.has(part));
};
