import type { BackupFact } from '@nocodb-backup/backup';
import { countText } from './views/figures.js';
import { sentenceOf } from './views/sentence.js';

/** One thing that happened to a backup, or one kind of thing that happened to many of its tables. */
export interface HistoryLine {
  readonly time: Date;
  readonly text: string;
}

/** What happened to a backup, in brief: each fact a line, but the tables' in one, where they ended well. */
export const historyOf = (facts: readonly BackupFact[]): HistoryLine[] => {
  const tables = facts.filter(({ type }) => type === 'TableExported');
  const lastTable = tables.at(-1);
  const plan = facts.find((fact) => fact.type === 'ExportPlanned')?.data;
  return facts.flatMap((fact) => {
    if (fact.type === 'TableExportRequested') return [];
    if (fact.type !== 'TableExported')
      return [{ time: fact.time, text: sentenceOf(fact.type, fact.data, plan) }];
    if (fact !== lastTable) return [];
    const text = `${countText(tables.length, 'table')} exported, the first at ${clockText(tables[0]?.time ?? fact.time)}`;
    return [{ time: fact.time, text }];
  });
};

const clockText = (time: Date): string => time.toISOString().slice(11, 19);
