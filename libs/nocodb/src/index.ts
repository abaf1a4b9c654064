export { addressesOf, attachmentsIn } from './attachment.js';
export { type Columns, columnsOf, isNumeric } from './columns.js';
export { type TableDefinition, tableDefinition } from './definition.js';
export { DownloadError, Downloads, type Wanted } from './downloads.js';
export { NocoDbError, TableChangedError, UncertainError } from './errors.js';
export type { Connection } from './http.js';
export { linkPair, type LinkPair, linkReading, type LinkReading, linkTableId } from './links.js';
export { type Listing, listingOrder } from './listing-order.js';
export { NocoDb, type RecordQuery } from './nocodb.js';
export type { Reading } from './cursor.js';
export { NocoDbWriter } from './nocodb-writer.js';
export { pages, type Rows } from './pages.js';
export { isRounded, roundable, roundingWarning } from './rounding.js';
export {
  type Attachment,
  type Base,
  type Column,
  LinkOptions,
  type Row,
  type Table,
  type TableSummary,
} from './schemas.js';
