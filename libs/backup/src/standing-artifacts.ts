import type { Artifact, Part } from '@nocodb-backup/events';
import type { Backup, Outcome } from './backup.js';

/** An artifact that belongs to the backup, and the attempt whose staging folder holds it. */
export interface StandingArtifact {
  readonly part: Part;
  readonly attempt: string;
  readonly artifact: Artifact;
}

/** The artifacts of the facts that stand: what the sealed backup consists of. */
export const standingArtifacts = (backup: Backup): StandingArtifact[] => [
  ...staged('dump', backup.dump),
  ...staged('files', backup.files),
  ...(backup.plan ? staged('export', { state: 'succeeded', data: backup.plan }) : []),
  ...[...backup.tables.values()].flatMap((table) => staged('export', table)),
];

const staged = (
  part: Part,
  outcome: Outcome<{ readonly attempt: string; readonly artifacts: readonly Artifact[] }>,
): StandingArtifact[] => {
  if (outcome.state !== 'succeeded') return [];
  const { attempt, artifacts } = outcome.data;
  return artifacts.map((artifact) => ({ part, attempt, artifact }));
};
