import type { Backup } from './backup.js';
import type { Manifest } from './manifest.js';
import { attachmentIndexes } from './attachment-index.js';
import { standingArtifacts } from './standing-artifacts.js';

/** Whom the backup is encrypted for, by its facts; undefined when nothing of it is encrypted. */
export const encryptionOf = ({ dump, files, plan, tables }: Backup): Manifest['encryption'] => {
  const parts = [dump, files, ...tables.values()].flatMap((outcome) =>
    outcome.state === 'succeeded' ? outcome.data : [],
  );
  const recipients = new Set([...parts, plan].flatMap((part) => part?.recipients ?? []));
  return recipients.size > 0 ? { format: 'age', recipients: [...recipients].sort() } : undefined;
};

/** Warns of a backup that is encrypted in part alone: some service was not told to. */
export const encryptionWarnings = (backup: Backup): string[] => {
  if (encryptionOf(backup) === undefined) return [];
  const lists = new Set(attachmentIndexes(backup).map(({ path }) => path));
  const open = standingArtifacts(backup).filter(
    ({ artifact: { path } }) => !path.endsWith('.age') && !lists.has(path),
  );
  return [...new Set(open.map(({ part }) => part))].map(
    (part) =>
      `the part ${part} is not encrypted although others are: set NOCODB_BACKUP_ENCRYPTION_RECIPIENTS for every dumper and exporter`,
  );
};
