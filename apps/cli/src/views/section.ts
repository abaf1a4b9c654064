import { oneLine } from './sentence.js';

/** A title with lines below it; nothing where there are no lines. */
export const section = (title: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? [title, ...lines] : [];

/** One of several, on a line of its own. */
export const bullet = (text: string): string => `  - ${oneLine(text)}`;

/** What a person does, one after the other. */
export const numbered = (texts: readonly string[]): string[] =>
  texts.map((text, index) => `${String(index + 1).padStart(3)}. ${oneLine(text)}`);
