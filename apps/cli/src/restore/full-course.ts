import { RestoreOptions } from '@nocodb-backup/events';
import { CliError } from '../cli-error.js';
import { ExitCode } from '../exit-code.js';
import { kindText, type Wish } from './wish.js';

/** What a full restore consists of. */
export interface FullCourse {
  readonly backupId: string;
  /** In this order. */
  readonly wishes: readonly Wish[];
  /** What the backup should hold and does not, a sentence each. */
  readonly lacking: readonly string[];
  /** What is left to do by hand because of what the backup does not hold. */
  readonly next: readonly string[];
}

type Parts = Readonly<Record<'dump' | 'files' | 'export', string>> | undefined;

/** The restores that make up a full one. Throws a CliError with exit code 11 where the backup has nothing for it. */
export const fullCourse = (backupId: string, parts: Parts, force: boolean): FullCourse => {
  const kinds = (['dump', 'files'] as const).filter((kind) => !parts || parts[kind] === 'complete');
  if (kinds.length === 0) throw nothingWhole(backupId, parts);
  const options = RestoreOptions.parse({ force });
  const others = (['dump', 'files'] as const).filter((kind) => !kinds.includes(kind));
  return {
    backupId,
    wishes: kinds.map((kind) => ({ backupId, kind, scope: {}, options })),
    lacking: others.map(
      (kind) => `the ${kindText[kind]}: this backup does not hold them whole (${parts?.[kind] ?? ''})`,
    ),
    next: others.flatMap((kind) => instead[kind](backupId, hasExport(parts))),
  };
};

const hasExport = (parts: Parts): boolean => parts?.export === 'complete' || parts?.export === 'partial';

const instead = {
  dump: (id: string, exported: boolean) =>
    exported
      ? [
          `Once NocoDB runs, bring tables and records back from the export: nocodb-backup restore-schema ${id}, then nocodb-backup restore-records ${id}`,
        ]
      : [],
  files: (id: string, exported: boolean) =>
    exported
      ? [
          `Once NocoDB runs, upload attached files that are missing from the export: nocodb-backup restore-attachments ${id}`,
        ]
      : [],
};

const nothingWhole = (id: string, parts: Parts): CliError =>
  new CliError(
    ExitCode.refused,
    [
      `refused: backup ${id} holds neither a whole database dump (${parts?.dump ?? ''}) nor the data files (${parts?.files ?? ''}). Nothing was touched.`,
      ...(hasExport(parts) ? instead.dump(id, true) : []),
    ].join('\n'),
  );
