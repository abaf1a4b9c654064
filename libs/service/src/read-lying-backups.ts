import {
  asMade,
  type Backup,
  evolveKeeping,
  type Keeping,
  type KeepingFact,
  placesOf,
} from '@nocodb-backup/backup';
import type { Uploaded } from '@nocodb-backup/events';
import type { EventLog, ReadOptions } from '@nocodb-backup/messaging';
import { readBackup } from './read-backup.js';

/**
 * Folds every backup of the log of which something may still lie somewhere, oldest first; those that are gone are told from a few
 * of their facts, so that this costs what the backups that are there cost, however old the log is.
 */
export const readLyingBackups = async (
  log: EventLog,
  options: Pick<ReadOptions, 'upTo' | 'signal'> = {},
): Promise<Backup[]> => {
  const gone = await goneBackups(log, options);
  const backups: Backup[] = [];
  for (const id of await knownIds(log, options)) {
    const backup = gone.has(id) ? undefined : await readBackup(log, id, options);
    if (backup) backups.push(backup);
  }
  return backups.sort((a, b) => (a.id < b.id ? -1 : 1));
};

const beginnings = ['evt.backup.*.BackupRequested', 'evt.backup.*.BackupImported.*'];

const knownIds = async (
  log: EventLog,
  options: Pick<ReadOptions, 'upTo' | 'signal'>,
): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for (const filter of beginnings)
    for await (const { data } of log.read(filter, options))
      ids.add((data as { readonly backupId: string }).backupId);
  return ids;
};

const goneBackups = async (
  log: EventLog,
  options: Pick<ReadOptions, 'upTo' | 'signal'>,
): Promise<ReadonlySet<string>> => {
  const keepings = await foldedKeepings(log, options);
  const sealedIn = new Map<string, readonly string[]>();
  for await (const { data } of log.read('evt.backup.*.PartUploaded.manifest', options))
    sealedIn.set((data as { readonly backupId: string }).backupId, ['s3']);
  for await (const { data } of log.read('evt.backup.*.Uploaded', options)) {
    const { backupId, destinations } = data as Uploaded['data'];
    sealedIn.set(backupId, destinations);
  }
  return new Set(
    [...keepings].flatMap(([id, keeping]) => (isGone(sealedIn.get(id) ?? [], keeping) ? id : [])),
  );
};

const moving = ['BackupDeleted', 'Downloaded', 'BackupExpired', 'BackupImported'];

/** By backup, of those that were deleted, expired or found somewhere. */
const foldedKeepings = async (
  log: EventLog,
  options: Pick<ReadOptions, 'upTo' | 'signal'>,
): Promise<ReadonlyMap<string, Keeping>> => {
  const facts: KeepingFact[] = [];
  for (const type of moving)
    for await (const fact of log.read(`evt.backup.*.${type}.*`, options))
      facts.push(fact as unknown as KeepingFact);
  const keepings = new Map<string, Keeping>();
  for (const fact of facts.sort((a, b) => a.sequence - b.sequence)) {
    const { backupId } = fact.data;
    keepings.set(backupId, evolveKeeping(keepings.get(backupId) ?? asMade, fact));
  }
  return keepings;
};

/** It lies nowhere, and nothing that had expired waits to be removed. */
const isGone = (sealedIn: readonly string[], keeping: Keeping): boolean => {
  const { moves, expired } = keeping;
  const isDeletedIn = (place: Parameters<typeof moves.get>[0]) => moves.get(place)?.move === 'deleted';
  return moves.size > 0 && placesOf(sealedIn, keeping).length === 0 && [...expired.keys()].every(isDeletedIn);
};
