import type { Manifest } from '@nocodb-backup/backup';
import { DamageError } from './damage-error.js';

/** A file of a backup that is not as it was stored, and how it differs. */
export interface Damage {
  readonly path: string;
  readonly reason: string;
}

/** The damage of a whole backup: every file that was found not to be as it was stored. */
export class DamagedBackupError extends DamageError {
  constructor(
    message: string,
    readonly damages: readonly Damage[],
  ) {
    super(message);
  }
}

const NAMED = 20;

/** The error on damaged files of a backup: which, how, and what is left to a person who needs to restore now. */
export const damagedBackup = (manifest: Manifest, damages: readonly Damage[]): DamagedBackupError => {
  const named = damages.slice(0, NAMED).map(({ path, reason }) => `${path} (${reason})`);
  const more = damages.length > NAMED ? [`${damages.length - NAMED} more`] : [];
  const files = damages.length === 1 ? '1 file is' : `${damages.length} files are`;
  const left = leftOf(manifest, damages);
  const also = `. No damage was found so far in ${left.join(', ')} of this one, which can be restored alone`;
  return new DamagedBackupError(
    `backup ${manifest.id} is damaged: ${files} not as stored: ${[...named, ...more].join('; ')}. ` +
      `Use another backup (all of them: nocodb-backup list)${left.length > 0 ? also : ''}`,
    damages,
  );
};

const leftOf = ({ artifacts, parts }: Manifest, damages: readonly Damage[]): string[] => {
  const damaged = new Set(damages.map(({ path }) => path));
  const isWhole = (part: 'dump' | 'files') =>
    parts[part].status === 'complete' &&
    !artifacts.some((artifact) => artifact.part === part && damaged.has(artifact.path));
  const tables = parts.export.bases.flatMap((base) => base.tables).filter(isThere);
  const whole = tables.filter(({ folder }) => !damages.some(({ path }) => path.startsWith(`${folder}/`)));
  return [
    ...(isWhole('dump') ? ['the database dump'] : []),
    ...(isWhole('files') ? ['the data files'] : []),
    ...(whole.length > 0 ? [`${whole.length} of ${tables.length} exported tables`] : []),
  ];
};

const isThere = ({ status }: { readonly status: string }): boolean =>
  status === 'complete' || status === 'partial';
