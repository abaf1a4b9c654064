import type { Column, Row } from './schemas.js';

/** Of attached files, and of people who have a picture: in the cells of these NocoDB signs addresses anew each time that it is asked. */
const signed = new Set(['Attachment', 'User', 'CreatedBy', 'LastModifiedBy']);

/** Of these columns, the titles of those whose cells are not the same on each read. */
export const signedTitles = (columns: readonly Pick<Column, 'title' | 'uidt'>[]): string[] =>
  columns.filter(({ uidt }) => signed.has(uidt)).map(({ title }) => title);

/** The cell of such a column without the addresses that expire; what is left changes only when somebody changes it. */
export const lastingCell = (cell: unknown): unknown => {
  if (Array.isArray(cell)) return cell.map(lastingCell);
  if (typeof cell !== 'object' || cell === null) return cell;
  const lasting = Object.entries(cell).filter(([name]) => !expiring.has(name));
  return Object.fromEntries(lasting.map(([name, value]) => [name, lastingCell(value)]));
};

/** Thumbnails are nothing but signed addresses, and are there some time after their file. */
const expiring = new Set(['signedPath', 'signedUrl', 'thumbnails']);

/** The record with the cells of these columns as `lastingCell` gives them. */
export const lastingRow = (row: Row, titles: readonly string[]): Row => {
  const cells = titles
    .filter((title) => Object.hasOwn(row, title))
    .map((title) => [title, lastingCell(row[title])]);
  return { ...row, ...(Object.fromEntries(cells) as Row) };
};
