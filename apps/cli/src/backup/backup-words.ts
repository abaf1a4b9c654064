import { type Backup, type BackupFact, tableTitle } from '@nocodb-backup/backup';
import { Part } from '@nocodb-backup/events';
import type { Words } from '../display.js';
import { figuresText } from '../views/figures-text.js';
import { progressLines } from '../views/progress-lines.js';
import { oneLine, sentenceOf } from '../views/sentence.js';

/** How a running backup is told of. */
export const backupWords: Words<Backup, BackupFact> = {
  lines: (backup, figures, { now, colors }) => progressLines({ backup, figures }, now, colors),
  lasting: ({ type, data }, backup, colors) =>
    type.endsWith('Failed') ? colors.red(sentenceOf(type, data, backup?.plan)) : undefined,
  line: ({ type, data }, backup) =>
    type === 'TableExportRequested' ? undefined : sentenceOf(type, data, backup?.plan),
  figuresLine: (work, figures, { state: { plan } }) =>
    `${oneLine(labelOf(work, plan))}: ${figuresText(figures)}`,
};

const labelOf = (work: string, plan: Backup['plan']): string =>
  work === 'upload' || Part.safeParse(work).success ? work : `table ${tableTitle(plan, work)}`;
