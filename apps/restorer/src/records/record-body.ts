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
  /** Foreign keys, which are the links of an older kind: written with the record they cost no second request. */
  readonly pointers: readonly Pointer[];
  /** Who may be named in user columns, in lower case. */
  readonly emails: ReadonlySet<string>;
}

/** A foreign key to a table that is put back, too. */
export interface Pointer {
  readonly from: Column;
  readonly to: Column;
  /** Where the record that it points to is on the target; undefined when the backup does not hold it. */
  readonly idOf: (stored: unknown) => unknown;
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
  const { storedId, id, order } = place;
  const lost: LostValue[] = [];
  const body: Record<string, unknown> = {
    [shape.key.id]: id,
    ...cellsOf(row, shape, lost),
    ...pointersOf(row, shape),
  };
  if (shape.order) body[shape.order.id] = String(order);
  for (const { title } of shape.without)
    if (isSomething(row[title])) lost.push({ column: title, reason: 'the target has no such column' });
  return { storedId, id, body, lost };
};

const cellsOf = (row: StoredRow, { pairs, emails }: RecordShape, lost: LostValue[]): RecordBody => {
  const cells: Record<string, unknown> = {};
  for (const [from, to] of pairs) {
    const stored = row[from.title];
    if (stored === undefined) continue;
    const { value, lost: reason } = cellValue(to, stored, emails);
    if (value !== undefined) cells[to.id] = value;
    if (reason !== undefined) lost.push({ column: from.title, reason });
  }
  return cells;
};

const pointersOf = (row: StoredRow, { pointers }: RecordShape): RecordBody => {
  const cells: Record<string, unknown> = {};
  for (const { from, to, idOf } of pointers) {
    const stored = row[from.title];
    const there = isSomething(stored) ? idOf(stored) : undefined;
    if (there !== undefined) cells[to.id] = there;
  }
  return cells;
};

const isSomething = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
