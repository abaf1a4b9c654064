import { PermanentError, type Sample, type VerificationRequested } from '@nocodb-backup/events';
import type { Delivery } from '@nocodb-backup/messaging';
import {
  DamagedBackupError,
  DamageError,
  openBackup,
  type StoredBackup,
  type Unlocking,
} from '@nocodb-backup/vault';
import { heardReader } from './heard-reader.js';
import { type Outcome, reasonOf } from './outcome.js';
import type { Place } from './places.js';
import { isSampled } from './sample.js';
import { type Structure, structureOf } from './structure.js';
import { ToldBytes } from './told-bytes.js';

/** What is looked at, and where. */
export interface Verifying {
  readonly request: VerificationRequested['data'];
  /** Where it lies, as far as this service can read there. */
  readonly places: readonly Place[];
  /** What the log says about the manifest; undefined where it does not know it. */
  readonly manifest: { readonly bytes: number; readonly sha256: string } | undefined;
  /** What opens encrypted backups: without it only their digests are compared. */
  readonly unlocking?: Unlocking | undefined;
  readonly delivery: Pick<Delivery, 'signal' | 'progress'>;
}

/**
 * Reads every byte of a backup again in each place where it lies, and compares it with the manifest; then looks into the
 * files, once: what has the same digests elsewhere holds the same. A place that cannot be read does not keep the others from
 * being looked at.
 */
export const verifyBackup = async (verifying: Verifying): Promise<Outcome> => {
  const looks: Look[] = [];
  const troubles: Error[] = [];
  for (const place of verifying.places) {
    try {
      looks.push(await lookAt(place, verifying));
    } catch (error) {
      verifying.delivery.signal.throwIfAborted();
      troubles.push(troubleAt(place, error));
    }
  }
  const whole = looks.find(isWhole);
  const isReadable = whole !== undefined && whole.backup.locked === undefined;
  const structure = isReadable ? await structureIn(whole, verifying) : nothing;
  return {
    destinations: looks.map(({ place }) => place.name),
    files: sum(looks.map(({ files }) => files)),
    bytes: sum(looks.map(({ bytes }) => bytes)),
    tables: structure.tables,
    rows: structure.rows,
    warnings: whole ? warningsOn(whole.backup) : [],
    findings: [...looks.flatMap(({ findings }) => findings), ...structure.findings],
    trouble: troubles[0],
  };
};

const LEGACY = [
  'made by the older tool (Python): it kept no digests, so only that its files are whole was looked at, not that they are what was stored',
];
const warningsOn = ({ format, locked }: StoredBackup): readonly string[] => {
  if (format === 'legacy') return LEGACY;
  return locked === undefined
    ? []
    : [`its digests are right; what is in its files was not looked at: ${locked}`];
};

const nothing: Structure = { findings: [], tables: 0, rows: 0 };

const troubleAt = ({ name }: Place, error: unknown): Error => {
  const Kind = error instanceof PermanentError ? PermanentError : Error;
  return new Kind(`${name}: ${reasonOf(error)}`, { cause: error });
};

/** What was seen in one place. */
interface Look {
  readonly place: Place;
  /** Undefined where its manifest cannot be used. */
  readonly backup: StoredBackup | undefined;
  readonly findings: readonly string[];
  readonly files: number;
  readonly bytes: number;
}

type WholeLook = Look & { readonly backup: StoredBackup };

const isWhole = (look: Look): look is WholeLook => look.backup !== undefined && look.findings.length === 0;

const lookAt = async (place: Place, verifying: Verifying): Promise<Look> => {
  const { backupId } = verifying.request;
  try {
    const backup = await openBackup(place.reader, backupId, verifying.unlocking);
    const changed = await manifestFindings(place, verifying, backup);
    const { findings, ...read } = await compared(backup, place, verifying);
    return {
      place,
      backup,
      ...read,
      findings: [...changed, ...findings].map((text) => `${place.name}: ${text}`),
    };
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    return { place, backup: undefined, findings: [`${place.name}: ${reasonOf(error)}`], files: 0, bytes: 0 };
  }
};

/** Somebody who changes files and their digests with them leaves the manifest's own digest wrong. */
const manifestFindings = async (
  { reader }: Place,
  { request: { backupId }, manifest, delivery: { signal } }: Verifying,
  { format }: StoredBackup,
): Promise<string[]> => {
  if (!manifest || format === 'legacy') return [];
  const found = await reader.digest(backupId, 'manifest.json', signal);
  if (found.bytes === manifest.bytes && found.sha256 === manifest.sha256) return [];
  return [
    `manifest.json is not the one that was written: SHA-256 ${manifest.sha256} was recorded, ${found.sha256} lies there`,
  ];
};

const compared = async (backup: StoredBackup, place: Place, { request, delivery }: Verifying) => {
  const paths = backup.manifest.artifacts.map(({ path }) => path);
  const sampled = isSampled(request.sample, request.n);
  const told = new ToldBytes(request.n, delivery.progress, bytesOf(backup, request.sample));
  // The manifest is a file, too.
  let files = paths.length + 1;
  let heard = 0;
  const wants = (path: string): boolean => {
    const isWanted = sampled(path);
    if (isWanted) files++;
    return isWanted;
  };
  const progress = ({ bytes }: { readonly bytes: number }) => {
    told.add(bytes - heard, { comparing: place.name });
    heard = bytes;
  };
  const findings = await backup.verify(paths, { signal: delivery.signal, wants, progress }).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof DamagedBackupError)) throw error;
      return error.damages.map(({ path, reason }) => `${path}: ${reason}`);
    },
  );
  return { findings, files, bytes: told.sum };
};

const structureIn = async (
  { place, backup: whole }: WholeLook,
  { request, delivery, unlocking }: Verifying,
): Promise<Structure> => {
  const told = new ToldBytes(request.n, delivery.progress, artifactBytes(whole));
  const reader = heardReader(place.reader, (bytes) => {
    told.add(bytes, { lookingInto: place.name });
  });
  return structureOf(await openBackup(reader, request.backupId, unlocking), delivery.signal);
};

const bytesOf = (backup: StoredBackup, sample: Sample): number => {
  const tables = backup.manifest.parts.export.bases.flatMap((base) => base.tables);
  const attached = backup.format === 'legacy' ? 0 : sum(tables.map(({ attachments }) => attachments.bytes));
  return artifactBytes(backup) + Math.round(attached * (sample === 'full' ? 1 : sample));
};

const artifactBytes = ({ manifest }: StoredBackup): number =>
  sum(manifest.artifacts.map(({ bytes }) => bytes));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
