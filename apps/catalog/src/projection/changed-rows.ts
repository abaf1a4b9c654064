import type { Changes } from '../model/read-model.js';
import type { Rows, TableName } from '../model/rows.js';

/** The rows that a batch of events changes: of two with the same key the later one stands. */
export class ChangedRows {
  private readonly tables = new Map<TableName, Map<string, object>>();

  set<Name extends TableName>(name: Name, key: string, row: Rows[Name]): void {
    const rows = this.tables.get(name) ?? new Map<string, object>();
    this.tables.set(name, rows.set(key, row));
  }

  changes(): Changes {
    return Object.fromEntries([...this.tables].map(([name, rows]) => [name, [...rows.values()]]));
  }
}
