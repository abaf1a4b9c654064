import type { BackupImported, ImportCompleted, RefusedImport } from '@nocodb-backup/events';

const mostTold = 500;

/** What came of an import so far. */
export class Tally {
  private readonly imported = { complete: 0, partial: 0 };
  private readonly refused: RefusedImport[] = [];
  private refusedCount = 0;
  private known = 0;

  import({ status }: Pick<BackupImported['data'], 'status'>): void {
    this.imported[status] += 1;
  }

  know(): void {
    this.known += 1;
  }

  refuse(refusal: RefusedImport): void {
    this.refusedCount += 1;
    if (this.refused.length < mostTold) this.refused.push(refusal);
  }

  result(): Pick<ImportCompleted['data'], 'imported' | 'known' | 'refused' | 'refusedCount'> {
    const { imported, known, refusedCount } = this;
    const refused = this.refused.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    return { imported, known, refused, refusedCount };
  }
}

const keyOf = ({ name, destination }: RefusedImport): string => `${name} ${destination}`;
