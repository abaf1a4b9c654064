import { type Backup, statusOfPart } from '@nocodb-backup/backup';
import { Part } from '@nocodb-backup/events';
import type { Figures } from '../views/figures-text.js';

/** The figures of the parts, of the export's plan, of the tables by id, and of uploads, that are still at work: of what has ended its fact tells. */
export const figuresAtWork = (
  figures: ReadonlyMap<string, Figures>,
  backup: Backup,
): ReadonlyMap<string, Figures> => new Map([...figures].filter(([work]) => isAtWork(backup, work)));

const isAtWork = (backup: Backup, work: string): boolean => {
  if (work === 'upload') return !backup.ending;
  if (work === 'plan') return !backup.plan && backup.export.state === 'awaited';
  const { data: part = 'export' } = Part.safeParse(work);
  return statusOfPart(backup, part) === 'awaited' && !backup.tables.has(work);
};
