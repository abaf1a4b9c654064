import type { Column } from '@nocodb-backup/nocodb';
import { durationText } from './duration-text.js';

/** What to send for a cell. Without `value` its key is left out of the record. */
export interface CellValue {
  readonly value?: unknown;
  /** Why the value, or a part of it, is not put back. */
  readonly lost?: string;
}

const unwritable = new Set([
  ...['ID', 'ForeignKey', 'Order', 'Meta', 'Attachment'],
  ...['CreatedTime', 'LastModifiedTime', 'CreatedBy', 'LastModifiedBy'],
  ...['Formula', 'Rollup', 'Lookup', 'Links', 'LinkToAnotherRecord', 'QrCode', 'Barcode', 'Button'],
]);

/** Whether records are inserted with a value of the column. Links and attached files are put back by steps of their own. */
export const isWritable = ({ uidt, pk }: Column): boolean => !pk && !unwritable.has(uidt);

/** What NocoDB must be sent so that the column holds the value again that its API once gave. */
export const cellValue = (column: Column, value: unknown, emails: ReadonlySet<string>): CellValue => {
  if (value === null) return emptyCell(column);
  switch (column.uidt) {
    case 'Duration':
      return durationText(column.meta, value);
    case 'JSON':
      return { value: JSON.stringify(value) };
    case 'SingleSelect':
      return chosen(column, [textOf(value)]);
    case 'MultiSelect':
      return chosen(column, Array.isArray(value) ? value.map(textOf) : textOf(value).split(','));
    case 'User':
      return members(value, emails);
    default:
      // The column may be of another type than it was.
      return { value: typeof value === 'object' ? JSON.stringify(value) : value };
  }
};

/** NocoDB 0.301 fails on a duration without a value in formats with fractions of a second. */
const emptyCell = (column: Column): CellValue => {
  if (column.uidt !== 'Duration' || durationText(column.meta, null).value !== undefined)
    return { value: null };
  return column.cdf === null || column.cdf === undefined
    ? {}
    : { lost: 'NocoDB takes no empty duration here and sets the default value' };
};

const chosen = (column: Column, titles: readonly string[]): CellValue => {
  const options = optionsOf(column);
  const known = titles.filter((title) => options.has(title));
  const unknown = titles.filter((title) => !options.has(title) && title !== '');
  const value = known.length > 0 ? known.join(',') : null;
  if (unknown.length === 0) return { value };
  return { value, lost: `not among the options on the target: ${unknown.map(quoted).join(', ')}` };
};

const optionsOf = ({ colOptions }: Column): ReadonlySet<unknown> => {
  const options = colOptions?.options;
  return new Set(Array.isArray(options) ? options.map((option: unknown) => fieldOf(option, 'title')) : []);
};

const members = (value: unknown, emails: ReadonlySet<string>): CellValue => {
  const named = (Array.isArray(value) ? value : [value]).map((user: unknown) =>
    textOf(fieldOf(user, 'email') ?? user),
  );
  const known = named.filter((email) => emails.has(email.toLowerCase()));
  const unknown = named.filter((email) => !emails.has(email.toLowerCase()));
  const users = known.length > 0 ? known.map((email) => ({ email })) : null;
  if (unknown.length === 0) return { value: users };
  return { value: users, lost: `not among the members of the base on the target: ${unknown.join(', ')}` };
};

const fieldOf = (thing: unknown, name: string): unknown => (Object(thing) as Record<string, unknown>)[name];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const quoted = (text: string): string => `"${text.slice(0, 100)}"`;
