import type { BackupContent } from '@nocodb-backup/backup';
import { type Part, Token } from '@nocodb-backup/events';
import { z } from 'zod';
import { flag, integer } from './config.js';

/** What a backup consists of, as the variables say it. */
export const BackupSettings = z.object({
  NOCODB_BACKUP_SOURCE: Token.default('default'),
  NOCODB_BACKUP_DATABASE_DUMP: flag(true),
  NOCODB_BACKUP_INCLUDE_FILES: flag(true),
  NOCODB_BACKUP_API_EXPORT: flag(true),
  NOCODB_BACKUP_INCLUDE_RECORDS: flag(true),
  NOCODB_BACKUP_INCLUDE_ATTACHMENTS: flag(true),
  NOCODB_BACKUP_DEADLINE_HOURS: integer(1, 168, 12),
});
export type BackupSettings = z.infer<typeof BackupSettings>;

/** The content of every backup for which nothing else is asked; without parts when all of them are switched off. */
export const contentOf = (settings: BackupSettings): BackupContent => ({
  source: settings.NOCODB_BACKUP_SOURCE,
  parts: [
    ...only('dump', settings.NOCODB_BACKUP_DATABASE_DUMP),
    ...only('files', settings.NOCODB_BACKUP_INCLUDE_FILES),
    ...only('export', settings.NOCODB_BACKUP_API_EXPORT),
  ],
  records: settings.NOCODB_BACKUP_INCLUDE_RECORDS,
  attachments: settings.NOCODB_BACKUP_INCLUDE_ATTACHMENTS,
  deadlineHours: settings.NOCODB_BACKUP_DEADLINE_HOURS,
});

const only = (part: Part, wanted: boolean): Part[] => (wanted ? [part] : []);
