export { addressesOf, attachmentsIn } from './attachment.js';
export { type Columns, columnsOf, isNumeric } from './columns.js';
export { type TableDefinition, tableDefinition } from './definition.js';
export { DownloadError, Downloads, type Wanted } from './downloads.js';
export { NocoDbError, TableChangedError, UncertainError } from './errors.js';
export type { Connection } from './http.js';
export { lastingCell, lastingRow, signedTitles } from './lasting.js';
export { linkPair, type LinkPair, linkReading, type LinkReading, linkTableId } from './links.js';
export { type Listing, listingOrder } from './listing-order.js';
export { NocoDb, type RecordQuery } from './nocodb.js';
export type { Reading } from './cursor.js';
export { type Made, NocoDbWriter, type ViewKind } from './nocodb-writer.js';
export { pages, type Rows } from './pages.js';
export { type LinkPlace, type RecordBody, RecordWriter } from './record-writer.js';
export { isRounded, roundable, roundingWarning } from './rounding.js';
export {
  type Attachment,
  type Base,
  type Column,
  type Hook,
  LinkOptions,
  type Loose,
  type Row,
  type Table,
  type TableSummary,
  type View,
} from './schemas.js';
export { StoredDefinition, type StoredHook, type StoredView } from './stored-definition.js';
export { SourceError, type Upload, Uploads } from './uploads.js';
