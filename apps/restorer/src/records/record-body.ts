import type { Column, RecordBody } from '@nocodb-backup/nocodb';
import type { StoredRow } from '@nocodb-backup/vault';
import { cellValue } from './cell-value.js';
import type { WritableColumns } from './table-pair.js';

/** Where a table's records go. */
export interface RecordShape extends WritableColumns {
  /** The key on the target. */
  readonly key: Column;
  /** NocoDB's own order of the records, where the target keeps one. */
  readonly order: Column | undefined;
  /** Who may be named in user columns, in lower case. */
  readonly emails: ReadonlySet<string>;
}

/** A value that is not put back. */
export interface LostValue {
  /** The column's title in the backup. */
  readonly column: string;
  readonly reason: string;
}

/** A record to be inserted. */
export interface NewRecord {
  /** In the backup. */
  readonly storedId: unknown;
  /** On the target. */
  readonly id: unknown;
  readonly body: RecordBody;
  readonly lost: readonly LostValue[];
}

/** Where one record goes. */
export interface RecordPlace {
  readonly storedId: unknown;
  readonly id: unknown;
  readonly order: number;
}

/** What NocoDB must be sent for a stored record; by column id, since it ignores titles that it does not know. */
export const newRecord = (row: StoredRow, shape: RecordShape, place: RecordPlace): NewRecord => {
  const { storedId, id } = place;
  const body: Record<string, unknown> = { [shape.key.id]: id };
  if (shape.order) body[shape.order.id] = String(place.order);
  const lost: LostValue[] = [];
  for (const [from, to] of shape.pairs) {
    const stored = row[from.title];
    if (stored === undefined) continue;
    const { value, lost: reason } = cellValue(to, stored, shape.emails);
    if (value !== undefined) body[to.id] = value;
    if (reason !== undefined) lost.push({ column: from.title, reason });
  }
  for (const { title } of shape.without)
    if (isSomething(row[title])) lost.push({ column: title, reason: 'the target has no such column' });
  return { storedId, id, body, lost };
};

const isSomething = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
