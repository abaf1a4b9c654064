import type { Column } from '@nocodb-backup/nocodb';
import { isLink, roleOf } from '../mapping/column-pairs.js';

const computed = new Set(['Lookup', 'Rollup', 'Formula', 'QrCode', 'Barcode', 'Button']);
const selecting = new Set(['SingleSelect', 'MultiSelect']);
/** NocoDB works them out from what it keeps anyway; people may have as many of them as they like. */
const watching = new Set(['CreatedTime', 'LastModifiedTime', 'CreatedBy', 'LastModifiedBy']);
const ownTitles = new Set(['id', 'createdat', 'updatedat', 'nc_created_by', 'nc_updated_by', 'nc_order']);
const ownNames = new Set(['id', 'created_at', 'updated_at', 'created_by', 'updated_by', 'nc_order']);

/** What is worked out from other columns, and so made after them. */
export const isComputed = ({ uidt }: Column): boolean => computed.has(uidt);

/** What can be made without looking at another column: not NocoDB's own ones, links or what comes with them. */
export const isPlain = (column: Column): boolean =>
  !isLink(column) &&
  !isComputed(column) &&
  roleOf(column) === undefined &&
  !['ID', 'ForeignKey', 'Order', 'Meta'].includes(column.uidt);

/**
 * Whether NocoDB takes the column together with a new table. It would rename one that is called as its own are, and makes
 * unique ones, those that number or identify, and default users properly only one by one.
 */
export const comesWithTable = (column: Column): boolean =>
  !column.unique &&
  !['UUID', 'AutoNumber', 'SpecificDBType'].includes(column.uidt) &&
  !watching.has(column.uidt) &&
  !(column.uidt === 'User' && isGiven(column.cdf)) &&
  !ownTitles.has(column.title.toLowerCase()) &&
  !(typeof column.column_name === 'string' && ownNames.has(column.column_name.toLowerCase()));

/** The request for a new column that stands for itself. */
export const plainBody = (column: Column): Record<string, unknown> => ({
  ...describing(column),
  ...(watching.has(column.uidt) ? {} : stored(column)),
});

/** Title, type, description and settings: what every column has. */
export const describing = (column: Column): Record<string, unknown> => {
  const meta = settingsOf(column);
  return {
    title: column.title,
    uidt: column.uidt,
    ...(isGiven(column.description) && { description: column.description }),
    ...(typeof column.order === 'number' && { order: column.order }),
    ...(Object.keys(meta).length > 0 && { meta }),
  };
};

/** The column's settings, such as the format of a date, without what NocoDB works out from the first view. */
export const settingsOf = ({ meta }: Pick<Column, 'meta'>): Record<string, unknown> => {
  const given = Object.entries(objectIn(meta)).filter(([key]) => !key.startsWith('defaultView'));
  return Object.fromEntries(given);
};

/** NocoDB gives objects as they are, or as text. */
export const objectIn = (value: unknown): Record<string, unknown> => {
  if (typeof value === 'string') return parsed(value);
  return typeof value === 'object' && value !== null ? { ...value } : {};
};

const parsed = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const stored = (column: Column): Record<string, unknown> => ({
  ...(isGiven(column.column_name) && { column_name: column.column_name }),
  ...(column.pv ? { pv: true } : {}),
  ...(column.unique ? { unique: true } : {}),
  ...(isGiven(column.cdf) && column.uidt !== 'UUID' && { cdf: column.cdf }),
  ...ofType(column),
});

const ofType = (column: Column): Record<string, unknown> => {
  if (selecting.has(column.uidt)) return { colOptions: { options: optionsOf(column) } };
  if (column.uidt === 'SpecificDBType') return { dt: column.dt };
  return column.uidt === 'Decimal' && isGiven(column.dtxs) ? { dtxs: column.dtxs } : {};
};

interface Option {
  readonly title: string;
  readonly color?: unknown;
  readonly order?: unknown;
}

/** In their order: NocoDB numbers them as they come. */
export const optionsOf = ({ colOptions }: Column): readonly Option[] => {
  const options = (colOptions?.options ?? []) as readonly Option[];
  return options
    .toSorted((one, other) => Number(one.order) - Number(other.order))
    .map(({ title, color, order }) => ({ title, color, order }));
};
