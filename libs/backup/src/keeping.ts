import type { BackupImported, BackupPinned, Destination, KeepingEvent } from '@nocodb-backup/events';
import type { Moment } from './backup.js';

/** A fact about what became of a backup after it was made. */
export type KeepingFact = KeepingEvent & Moment;

/** `due`: to be deleted. `failed`: the destination did not let it go, to be tried again. `refused`: it stays after all. */
export type Expiry = 'due' | 'failed' | 'refused';

/** The last thing that was done to a backup in one place. */
export interface Move {
  readonly move: 'deleted' | 'downloaded' | 'found';
  readonly time: Date;
}

/** What became of a backup after it was made. */
export interface Keeping {
  readonly pinned: (BackupPinned['data'] & { readonly time: Date }) | undefined;
  /** By destination, what was done there last since the backup was made. */
  readonly moves: ReadonlyMap<Destination, Move>;
  /** By destination, what became of retention's verdict that it may go there. */
  readonly expired: ReadonlyMap<Destination, Expiry>;
}

/** Of a backup to which nothing has happened since it was made. */
export const asMade: Keeping = { pinned: undefined, moves: new Map(), expired: new Map() };

/** Adds one fact to what became of a backup. */
export const evolveKeeping = (keeping: Keeping, fact: KeepingFact): Keeping => {
  switch (fact.type) {
    case 'BackupPinned':
      return { ...keeping, pinned: { ...fact.data, time: fact.time } };
    case 'BackupUnpinned':
      return { ...keeping, pinned: undefined };
    case 'BackupExpired':
      return withExpiry(keeping, fact.data.destination, 'due');
    case 'DeletionRefused':
      return answered(keeping, fact.data.destination, 'refused');
    case 'DeletionFailed':
      return answered(keeping, fact.data.destination, 'failed');
    case 'BackupDeleted':
      return moved(keeping, fact.data.destination, { move: 'deleted', time: fact.time });
    case 'Downloaded':
      return moved(keeping, 'local', { move: 'downloaded', time: fact.time });
    case 'BackupImported':
      return found(keeping, fact);
    case 'DeletionRequested':
    case 'DownloadRequested':
    case 'DownloadFailed':
      return keeping;
  }
};

const types: ReadonlySet<string> = new Set<KeepingEvent['type']>([
  'BackupPinned',
  'BackupUnpinned',
  'BackupExpired',
  'DeletionRequested',
  'DeletionRefused',
  'BackupDeleted',
  'DeletionFailed',
  'DownloadRequested',
  'Downloaded',
  'DownloadFailed',
  'BackupImported',
]);

/** It tells what became of a backup after it was made. */
export const isKeepingFact = <Fact extends { readonly type: string }>(
  fact: Fact,
): fact is Extract<Fact, KeepingEvent> => types.has(fact.type);

/** Where a backup lies that was sealed in some destinations; those of an older version of this program stay in it. */
export const placesOf = (sealedIn: readonly string[], { moves }: Keeping): string[] => {
  const gone = [...moves].flatMap(([destination, { move }]) => (move === 'deleted' ? [destination] : []));
  const back = [...moves].flatMap(([destination, { move }]) => (move === 'deleted' ? [] : [destination]));
  return [...new Set([...back, ...sealedIn])].filter((place) => !gone.some((name) => name === place)).sort();
};

/** Retention has given it up in each of these places, and nothing has kept it since. */
export const isExpired = (places: readonly string[], { pinned, expired }: Keeping): boolean =>
  !pinned &&
  places.length > 0 &&
  places.every((place) => ['due', 'failed'].includes(expired.get(place as Destination) ?? ''));

const withExpiry = (keeping: Keeping, destination: Destination, expiry: Expiry): Keeping => ({
  ...keeping,
  expired: new Map(keeping.expired).set(destination, expiry),
});

/** What a person asked for says nothing of retention's verdict. */
const answered = (keeping: Keeping, destination: Destination, expiry: Expiry): Keeping =>
  keeping.expired.has(destination) ? withExpiry(keeping, destination, expiry) : keeping;

const found = (keeping: Keeping, { data, time }: BackupImported & Moment): Keeping =>
  data.destinations.reduce((known, place) => moved(known, place, { move: 'found', time }), keeping);

/** A backup that was fetched back, or is found to be there, stands as before; retention judges it anew. */
const moved = (keeping: Keeping, destination: Destination, move: Move): Keeping => {
  const expired = new Map(keeping.expired);
  if (move.move !== 'deleted' && expired.has(destination)) expired.set(destination, 'refused');
  return { ...keeping, moves: new Map(keeping.moves).set(destination, move), expired };
};
