import { type Column, LinkOptions } from '@nocodb-backup/nocodb';
import { isByJunction, isLink, ownColumns } from '../mapping/column-pairs.js';
import type { TablePair } from './table-pair.js';

/** A foreign key of a table's own records, in the backup and on the target. */
export interface ForeignKey {
  readonly from: Column;
  readonly to: Column;
  /** The table whose records it names, by its id in the backup. */
  readonly parentId: string;
}

/** The foreign keys that the table's own records hold. */
export const foreignKeys = ({ from, columns }: TablePair): readonly ForeignKey[] => {
  const keys: ForeignKey[] = [];
  for (const column of ownColumns(from).filter(isLink)) {
    const options = LinkOptions.parse(column.colOptions);
    const key = from.columns.find(
      ({ id, uidt }) => uidt === 'ForeignKey' && id === options.fk_child_column_id,
    );
    const to = key && columns.get(key.id);
    // In a table that is linked with itself both sides name the same key, and the same table.
    if (key && to && !isByJunction(options) && !keys.some(({ from: known }) => known === key))
      keys.push({ from: key, to, parentId: options.fk_related_model_id });
  }
  return keys;
};
