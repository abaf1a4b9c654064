import { evolveRestore, type Restore, type RestoreFact } from '@nocodb-backup/backup';
import type { Recorded } from '@nocodb-backup/messaging';
import type { ChangedRows } from './changed-rows.js';
import type { History } from './history.js';
import { restoreRow } from './other-rows.js';
import type { Part } from './projection.js';
import { Recent } from './recent.js';

/** Steps of restores that are remembered. */
const REMEMBERED = 5000;

/** Folds restores into their rows. */
export class Restores implements Part {
  private readonly recent = new Recent<Restore | undefined>(REMEMBERED);

  constructor(private readonly history: History) {}

  add(recorded: Recorded, rows: ChangedRows): Promise<void> | undefined {
    return recorded.subject.startsWith('evt.restore.') ? this.addOwn(recorded, rows) : undefined;
  }

  private async addOwn(recorded: Recorded, rows: ChangedRows): Promise<void> {
    const fact = recorded as unknown as RestoreFact;
    const { restoreId } = fact.data;
    const known = this.recent.has(restoreId) ? this.recent.get(restoreId) : await this.read(restoreId, fact);
    const restore = evolveRestore(known, fact);
    this.recent.set(restoreId, restore, 1 + (restore?.plan?.steps.length ?? 0));
    this.recent.trim();
    if (restore) rows.set('restores', restoreId, restoreRow(restore));
  }

  private async read(id: string, { type, sequence }: RestoreFact): Promise<Restore | undefined> {
    if (type === 'RestoreRequested') return undefined;
    let restore: Restore | undefined;
    for await (const recorded of this.history.before(`evt.restore.${id}.>`, sequence))
      restore = evolveRestore(restore, recorded as unknown as RestoreFact);
    return restore;
  }
}
