import type { CellValue } from './cell-value.js';

/** How many digits of a second the formats of a duration hold, by their number in NocoDB; 0 is `h:mm`. */
const digits: readonly number[] = [0, 0, 1, 2, 3];

/**
 * The seconds as NocoDB reads them back. In a column with a format it takes text alone, and what the text means depends on the
 * format: `5400` are minutes in `h:mm`, and a fraction needs all its digits. Numbers and the sign it gets wrong or fails on.
 */
export const durationText = (meta: unknown, seconds: unknown): CellValue => {
  const format = (Object(meta) as { duration?: unknown }).duration;
  if (format === undefined || format === null) return { value: seconds };
  const fraction = digits[Number(format)];
  if (seconds === null) return Number(format) < 2 ? { value: null } : {};
  const number = Number(seconds);
  if (fraction === undefined || !Number.isFinite(number) || number < 0)
    return { lost: `NocoDB's API cannot set the duration ${JSON.stringify(seconds)}` };
  const value = text(number, fraction);
  const isExact = Number(format) > 0 ? Number(number.toFixed(fraction)) === number : number % 60 === 0;
  return isExact ? { value } : { value, lost: 'more digits than the format of the duration takes' };
};

const text = (seconds: number, fraction: number): string => {
  const rounded = Number(seconds.toFixed(fraction));
  const whole = Math.floor(rounded);
  const rest = fraction === 0 ? '' : (rounded - whole).toFixed(fraction).slice(1);
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${rest}`;
};

const two = (number: number): string => String(number).padStart(2, '0');
