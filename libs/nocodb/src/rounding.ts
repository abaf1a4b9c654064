import type { Column, Row } from './schemas.js';

const whole = new Set(['Number', 'ForeignKey', 'ID', 'AutoNumber']);
const decimal = new Set(['Decimal', 'Currency', 'Percent']);

/** The columns whose numbers NocoDB's API rounds: it sends them as binary floating point, 15 digits of which are sure. */
export const roundable = (columns: readonly Column[]): readonly Column[] =>
  columns.filter(({ uidt }) => whole.has(uidt) || decimal.has(uidt));

/** Whether the database may hold more digits of the value than the API gave. */
export const isRounded = ({ uidt, title }: Column, row: Row): boolean => {
  const value = row[title];
  if (typeof value !== 'number') return false;
  if (whole.has(uidt)) return Number.isInteger(value) && !Number.isSafeInteger(value);
  return digitsOf(value) > 15;
};

const digitsOf = (value: number): number => {
  const [digits = ''] = String(value).split('e');
  return digits.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '').length;
};

/** The sentence on a column with such a value. */
export const roundingWarning = (column: Column, table: string, record: unknown): string =>
  `"${column.title}" of "${table}" holds numbers of more than 15 digits (first seen in record ${String(record)}): NocoDB's ` +
  'API may have rounded them in the export; in the database dump they are exact';
