import { type Backup, cutText, type FoundBackup } from '@nocodb-backup/backup';
import type { Destination, ImportRequested, RefusalKind, RefusedImport } from '@nocodb-backup/events';

/** Why something that lies in a place is not imported. */
export const refused = (destination: Destination, name: string, [kind, reason]: Refusal): RefusedImport => ({
  destination,
  name: cutText(name, 300),
  kind,
  reason: cutText(reason, 1000),
});

/** The kind, and a sentence with what to do. */
export type Refusal = readonly [RefusalKind, string];

export const foreign: Refusal = [
  'foreign',
  'its name is no backup id, such as 2026-02-05_05-15-00. If it is a backup that somebody renamed, give it back the id that its manifest.json tells',
];

export const unsealed: Refusal = [
  'unsealed',
  'it has no manifest.json, so that it is no backup: it is being made by somebody else, or its making or its deletion ended half way',
];

export const running = ({ request: { deadline } }: Backup): Refusal => [
  'running',
  `the log says that it is being made: import again when that has ended, at its deadline (${deadline}) at the latest`,
];

/** Undefined for what may be imported. */
export const deletionStanding = (
  backup: Backup | undefined,
  place: Destination,
  { deleted }: ImportRequested['data'],
): Refusal | undefined => {
  const last = backup?.keeping.moves.get(place);
  if (last?.move !== 'deleted' || deleted) return undefined;
  return [
    'deleted',
    `the log says that it was deleted here at ${last.time.toISOString()}, and it lies here nevertheless: somebody brought it back. ` +
      'nocodb-backup import --deleted takes it up again',
  ];
};

/** The Python tool wrote down no source that could be compared. */
export const otherSource = (
  { manifest, format }: FoundBackup,
  { source }: ImportRequested['data'],
): Refusal | undefined => {
  if (source === null || format === 'legacy' || manifest.source === source) return undefined;
  return [
    'source',
    `it is of source "${manifest.source}", and "${source}" was asked for (NOCODB_BACKUP_SOURCE): ` +
      'nocodb-backup import --source <name> imports that one, --any-source all of them',
  ];
};

/** The manifest that another copy has to have; none is a bare dump of the Python tool. */
export interface StandingManifest {
  readonly where: string;
  readonly isThat: (found: FoundBackup) => boolean;
}

/** The very same bytes. */
export const sameBytes = (where: string, sha256: string | undefined): StandingManifest => ({
  where,
  isThat: ({ artifact }) => artifact?.sha256 === sha256,
});

/** One id is one backup: a copy elsewhere has the same manifest, byte by byte. */
export const otherBytes = (found: FoundBackup, known: StandingManifest | undefined): Refusal | undefined => {
  if (!known || known.isThat(found)) return undefined;
  return [
    'other',
    `its manifest is not the one that ${known.where} has of this id: they are different backups. Look at both (nocodb-backup inspect), and move one away`,
  ];
};
