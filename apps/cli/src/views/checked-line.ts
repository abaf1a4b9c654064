import type { Colors } from 'picocolors/types.js';
import type { Checked } from '../doctor/check.js';
import { painted } from './verdict.js';

/** One check of `doctor`, and below it, when it is not ok, what to do. */
export const checkedLine = ({ status, name, text, advice }: Checked, colors: Colors): string => {
  const [first = '', ...rest] = text.split('\n');
  const more = [...rest, ...(advice === undefined ? [] : [`-> ${advice}`])];
  return [
    `${painted(status, colors)}${' '.repeat(6 - status.length)}${name.padEnd(18)}${first}`,
    ...more.map((line) => `${' '.repeat(24)}${line.trim()}`),
  ].join('\n');
};
