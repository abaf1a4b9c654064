import type { Backup } from './backup.js';
import type { Manifest } from './manifest.js';
import { attachmentIndexes } from './attachment-index.js';
import { standingArtifacts } from './standing-artifacts.js';

/** Whom the backup is encrypted for, by its facts; undefined when nothing of it is encrypted. */
export const encryptionOf = (backup: Backup): Manifest['encryption'] => {
  const recipients = new Set(readersOfParts(backup).flat());
  return recipients.size > 0 ? { format: 'age', recipients: [...recipients].sort() } : undefined;
};

/** Of each part that is encrypted. */
const readersOfParts = ({ dump, files, plan, tables }: Backup): string[][] => {
  const parts = [dump, files, ...tables.values()].flatMap((outcome) =>
    outcome.state === 'succeeded' ? outcome.data : [],
  );
  return [...parts, plan].flatMap((part) => (part?.recipients ? [part.recipients] : []));
};

/** Warns of a backup that is encrypted in part alone, or not with the same keys: some service was told something else. */
export const encryptionWarnings = (backup: Backup): string[] => {
  if (encryptionOf(backup) === undefined) return [];
  const lists = new Set(attachmentIndexes(backup).map(({ path }) => path));
  const open = standingArtifacts(backup).filter(
    ({ artifact: { path } }) => !path.endsWith('.age') && !lists.has(path),
  );
  const keys = new Set(readersOfParts(backup).map((recipients) => recipients.toSorted().join()));
  return [
    ...[...new Set(open.map(({ part }) => part))].map(
      (part) => `the part ${part} is not encrypted although others are: ${ALIKE}`,
    ),
    ...(keys.size > 1 ? [`not all of it is encrypted with the same keys: ${ALIKE}`] : []),
  ];
};

const ALIKE =
  'set NOCODB_BACKUP_ENCRYPTION_RECIPIENTS and NOCODB_BACKUP_ENCRYPTION_PASSPHRASE alike for every dumper and exporter';
