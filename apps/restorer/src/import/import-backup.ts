import {
  type Backup,
  backupImported,
  type FoundBackup,
  isInBucket,
  placesOfBackup,
} from '@nocodb-backup/backup';
import { BackupImported, type ImportRequested, type RefusedImport } from '@nocodb-backup/events';
import { z } from 'zod';
import { foundBackup, type SearchedPlace } from './found-backup.js';
import {
  deletionStanding,
  otherBytes,
  otherSource,
  refused,
  type Refusal,
  running,
  sameBytes,
  type StandingManifest,
  unsealed,
} from './refusals.js';

/** What is to become of one backup that lies in the vault. */
export interface Finding {
  /** Undefined where the log knows it already, or nothing of it can be imported. */
  readonly fact: BackupImported | undefined;
  /** The log knows that it lies in each place where it does. */
  readonly isKnown: boolean;
  readonly refused: readonly RefusedImport[];
}

interface Search {
  readonly request: ImportRequested['data'];
  readonly places: readonly SearchedPlace[];
}

/** Compares what the log knows of a backup with what lies in the places. Reads nothing where the log knows all of it. */
export const findingOn = async (id: string, backup: Backup | undefined, search: Search): Promise<Finding> => {
  const sealed = search.places.filter(({ states }) => states.get(id) === 'sealed');
  if (backup && !backup.ending) {
    const refusal = running(backup);
    return { ...nothing, refused: sealed.map(({ name }) => refused(name, id, refusal)) };
  }
  const known: readonly string[] = backup ? placesOfBackup(backup) : [];
  const lying = backup ? sealed : search.places.filter(({ states }) => states.has(id));
  const unknown = lying.filter(({ name }) => !known.includes(name));
  if (unknown.length === 0) return { ...nothing, isKnown: sealed.length > 0 };
  return looked(id, backup, { ...search, places: unknown });
};

const nothing: Finding = { fact: undefined, isKnown: false, refused: [] };

const looked = async (
  id: string,
  backup: Backup | undefined,
  { request, places }: Search,
): Promise<Finding> => {
  const facts: BackupImported[] = [];
  const refusals: RefusedImport[] = [];
  let standing = standingManifest(backup);
  for (const place of places) {
    const found = await lookedIn(place, { id, backup, request, standing });
    if (!('type' in found)) {
      refusals.push(found);
      continue;
    }
    facts.push(found);
    standing ??= sameBytes(place.name, found.data.manifest?.sha256);
  }
  const destinations = facts.flatMap(({ data }) => data.destinations);
  const fact = facts[0] && BackupImported({ ...facts[0].data, destinations });
  return { fact, isKnown: false, refused: refusals };
};

const standingManifest = (backup: Backup | undefined): StandingManifest | undefined => {
  if (backup?.ending?.state === 'sealed') return sameBytes(theLog, backup.ending.data.manifest?.sha256);
  if (!backup || !isInBucket(backup)) return undefined;
  // The log has no digest of what lies in the bucket, but it knows when that was requested.
  const isThat = ({ manifest, format }: FoundBackup) =>
    format !== 'legacy' && new Date(manifest.requestedAt).getTime() === backup.requestedAt.getTime();
  return { where: theLog, isThat };
};

const theLog = 'the event log';

interface Look {
  readonly id: string;
  readonly backup: Backup | undefined;
  readonly request: ImportRequested['data'];
  readonly standing: StandingManifest | undefined;
}

const lookedIn = async (
  place: SearchedPlace,
  { id, backup, request, standing }: Look,
): Promise<BackupImported | RefusedImport> => {
  const refuse = (refusal: Refusal) => refused(place.name, id, refusal);
  const deletion = deletionStanding(backup, place.name, request);
  if (deletion) return refuse(deletion);
  const found = await foundBackup(place, id);
  if (typeof found === 'string')
    return refuse(place.states.get(id) === 'sealed' ? ['damaged', found] : unsealed);
  const refusal = otherSource(found, request) ?? otherBytes(found, standing);
  if (refusal) return refuse(refusal);
  try {
    return backupImported(found, { n: request.importId, destinations: [place.name] });
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return refuse(['damaged', `its manifest says what cannot be: ${z.prettifyError(error)}`]);
  }
};
