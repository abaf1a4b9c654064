import {
  type Backup,
  type BackupFact,
  type ContentSummary,
  contentSummaryOf,
  evolve,
  hasEnded,
  lightened,
} from '@nocodb-backup/backup';
import type { Recorded } from '@nocodb-backup/messaging';
import { backupRow, baseRows, partRows, tableRow } from './backup-rows.js';
import type { ChangedRows } from './changed-rows.js';
import type { History } from './history.js';
import type { Part } from './projection.js';
import { Recent } from './recent.js';

/** A backup as far as it is folded; once it has ended without its tables, and with what they summed up to. */
interface Folded {
  readonly backup: Backup | undefined;
  readonly content?: ContentSummary;
}

/** Tables and backups that are remembered: some 1.5 kB each. */
const REMEMBERED = 20_000;

/** Folds backups into their rows, those of their parts, bases and tables. */
export class Backups implements Part {
  private readonly recent = new Recent<Folded>(REMEMBERED);
  private readonly touched = new Map<string, Set<string>>();

  constructor(private readonly history: History) {}

  add(recorded: Recorded, rows: ChangedRows): Promise<void> | undefined {
    if (!recorded.subject.startsWith('evt.backup.')) return undefined;
    const fact = recorded as unknown as BackupFact;
    const { backupId } = fact.data;
    const known = this.recent.get(backupId);
    if (!known)
      return this.read(backupId, fact).then((read) => {
        this.evolve(read, fact, rows);
      });
    this.evolve(known, fact, rows);
    return undefined;
  }

  private evolve(known: Folded, fact: BackupFact, rows: ChangedRows): void {
    const { backupId } = fact.data;
    const backup = evolve(known.backup, fact);
    this.remember(backupId, { ...known, backup });
    if (!backup) return;
    const tables = this.touched.get(backupId) ?? new Set();
    this.touched.set(backupId, tables);
    if (backup.plan !== known.backup?.plan)
      for (const row of baseRows(backup)) rows.set('bases', `${backupId}/${row.baseId}`, row);
    for (const tableId of changedTables(known.backup, backup, fact)) tables.add(tableId);
  }

  finish(rows: ChangedRows): void {
    for (const [id, tables] of this.touched) {
      const { backup, content } = this.recent.get(id) ?? {};
      if (!backup) continue;
      const summary = content ?? contentSummaryOf(backup);
      rows.set('backups', id, backupRow(backup, summary));
      if (content) continue;
      for (const row of partRows(backup)) rows.set('parts', `${id}/${row.part}`, row);
      for (const tableId of tables) rows.set('tables', `${id}/${tableId}`, tableRow(backup, tableId));
      if (hasEnded(backup)) this.remember(id, { backup: lightened(backup), content: summary });
    }
    this.touched.clear();
    this.recent.trim();
  }

  private remember(id: string, folded: Folded): void {
    const { backup } = folded;
    const weight =
      1 + (backup ? backup.tables.size + backup.uploads.size + (backup.plan?.tables.length ?? 0) : 0);
    this.recent.set(id, folded, weight);
  }

  private async read(id: string, { type, sequence }: BackupFact): Promise<Folded> {
    if (type === 'BackupRequested') return { backup: undefined };
    let backup: Backup | undefined;
    for await (const recorded of this.history.before(`evt.backup.${id}.>`, sequence))
      backup = evolve(backup, recorded as unknown as BackupFact);
    return backup ? settled(backup) : { backup };
  }
}

/** What has ended is summed up once for all. */
const settled = (backup: Backup): Folded =>
  hasEnded(backup) ? { backup: lightened(backup), content: contentSummaryOf(backup) } : { backup };

const changedTables = (before: Backup | undefined, after: Backup, { data }: BackupFact): string[] => {
  if (after.plan !== before?.plan) return (after.plan?.tables ?? []).map(({ tableId }) => tableId);
  return after.tables !== before?.tables && 'tableId' in data ? [data.tableId] : [];
};
