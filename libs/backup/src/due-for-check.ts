import type { Backup } from './backup.js';
import { statusOfPart } from './part-status.js';
import { verdictOf } from './verdict.js';

/** The newest complete backup; undefined where there is none. */
export const newestComplete = (backups: readonly Backup[], now: Date): Backup | undefined =>
  complete(backups, now)[0];

/**
 * The complete backup whose bytes are to be read next: of those that nobody has looked at the newest, else the one that was
 * looked at longest ago, whatever came of it. So every backup has its turn, and a new one has it first.
 */
export const dueForVerification = (backups: readonly Backup[], now: Date): Backup | undefined =>
  complete(backups, now).reduce<Backup | undefined>(
    (due, backup) => (due && lookedAt(due) <= lookedAt(backup) ? due : backup),
    undefined,
  );

/** The newest complete backup that has a dump. */
export const dueForDrill = (backups: readonly Backup[], now: Date): Backup | undefined =>
  complete(backups, now).find((backup) => statusOfPart(backup, 'dump') === 'complete');

/** Newest first. */
const complete = (backups: readonly Backup[], now: Date): Backup[] =>
  backups
    .filter((backup) => verdictOf(backup, now) === 'complete')
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));

/** 0 for one that nobody has looked at. */
const lookedAt = ({ checks }: Backup): number => checks.last.verify?.sequence ?? 0;
