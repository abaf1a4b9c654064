import type { Moment } from '@nocodb-backup/backup';
import type {
  BackupDeleted,
  BackupRequested,
  UploadFailed,
  Uploaded,
  VerificationFailed,
} from '@nocodb-backup/events';

/** A fact of which the chronicle takes note. */
export type Noted = (BackupRequested | Uploaded | UploadFailed | VerificationFailed | BackupDeleted) & Moment;

/** What the watch remembers of one backup: some 300 bytes, however many tables it has. */
export interface Entry {
  readonly id: string;
  /** Missing while its request has not been read. */
  readonly request?: { readonly source: string; readonly at: Date; readonly deadline: Date };
  readonly ended?: { readonly at: Date; readonly isComplete: boolean };
  /** Where it lay when it was sealed, and still lies. */
  readonly places: readonly string[];
  readonly deletedIn: readonly string[];
  readonly isDamaged: boolean;
}

/** By backup id. The kinds of facts may come in any order, each kind in its own. */
export type Chronicle = ReadonlyMap<string, Entry>;

/** So many backups are remembered, the newest ones. */
const backupsAtMost = 2000;

/** Adds what was read. */
export const evolveChronicle = (chronicle: Chronicle, facts: readonly Noted[]): Chronicle => {
  if (facts.length === 0) return chronicle;
  const entries = new Map(chronicle);
  for (const fact of facts) {
    const { backupId: id } = fact.data;
    entries.set(id, noted(entries.get(id) ?? { id, places: [], deletedIn: [], isDamaged: false }, fact));
  }
  const kept = [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(-backupsAtMost);
  return new Map(kept.map((entry) => [entry.id, entry]));
};

const noted = (entry: Entry, fact: Noted): Entry => {
  switch (fact.type) {
    case 'BackupRequested': {
      const { source, deadline } = fact.data;
      return { ...entry, request: { source, at: fact.time, deadline: new Date(deadline) } };
    }
    case 'Uploaded': {
      const isComplete = fact.data.status === 'complete';
      return { ...entry, ended: { at: fact.time, isComplete }, places: fact.data.destinations };
    }
    case 'UploadFailed':
      return { ...entry, ended: { at: fact.time, isComplete: false } };
    case 'VerificationFailed':
      return fact.data.findings.length > 0 ? { ...entry, isDamaged: true } : entry;
    case 'BackupDeleted':
      return { ...entry, deletedIn: [...new Set([...entry.deletedIn, fact.data.destination])] };
  }
};

/** Everything in it is whole, nobody has found damage, and it still lies somewhere. */
export const isGood = ({ ended, places, deletedIn, isDamaged }: Entry): boolean =>
  ended?.isComplete === true && !isDamaged && places.some((place) => !deletedIn.includes(place));

/** The backups of a source, newest first. */
export const backupsOf = (chronicle: Chronicle, source: string): Entry[] =>
  [...chronicle.values()]
    .filter(({ request }) => request?.source === source)
    .sort((a, b) => (a.id < b.id ? 1 : -1));

/** Every source that ever asked for a backup. */
export const sourcesOf = (chronicle: Chronicle): string[] => [
  ...new Set([...chronicle.values()].flatMap(({ request }) => request?.source ?? [])),
];
