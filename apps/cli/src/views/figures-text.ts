import { numberText, sizeText } from './figures.js';
import { oneLine } from './sentence.js';

/** Live figures of running work, by name; `<name>Total` is how many there will be. */
export type Figures = Readonly<Record<string, number | string>>;

/** Live figures in the order in which the service sent them: `12.3 MB, 45,000 of 60,000 rows, table Orders`. */
export const figuresText = (figures: Figures = {}): string =>
  Object.entries(figures)
    .filter(([name]) => !name.endsWith('Total'))
    .map(([name, value]) => figureText(name, value, figures[`${name}Total`]))
    .join(', ');

/** `bytes` and what ends in it are sizes. */
export const isSize = (name: string): boolean => /(^b|B)ytes$/.test(name);

const figureText = (name: string, value: number | string, total: number | string | undefined): string => {
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  if (typeof value === 'string') return `${words} ${oneLine(value)}`;
  const text = isSize(name) ? sizeText : numberText;
  const amount = typeof total === 'number' ? `${text(value)} of ${text(total)}` : text(value);
  return `${amount} ${isSize(name) ? words.slice(0, -'bytes'.length) : words}`.trim();
};
