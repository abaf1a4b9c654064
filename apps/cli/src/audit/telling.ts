import { oneLine } from '../views/sentence.js';
import { countText, durationText } from '../views/figures.js';

/** One sentence of a story, and when that was. */
export interface Sentence {
  readonly time: Date;
  readonly text: string;
}

/** `a`, `a and b`, `a, b and c`. */
export const listText = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;

/** When work ran that ended at `end` after so many seconds: `from 05:15:01 to 05:16:01 (1 min)`. */
export const ranText = (end: Date, seconds: number): string =>
  spanText(new Date(end.getTime() - seconds * 1000), end, seconds);

/** The same from its first moment to its last. */
export const spanText = (
  begin: Date,
  end: Date,
  seconds = (end.getTime() - begin.getTime()) / 1000,
): string => `from ${clock(begin)} to ${clock(end)} (${durationText(seconds)})`;

/** `, "because"`; nothing where there is no reason. */
export const quoted = (reason: string | null | undefined): string => (reason ? `, "${oneLine(reason)}"` : '');

/** `no route to host (5 attempts)`. */
export const failureText = ({
  reason,
  attempts,
}: {
  readonly reason: string;
  readonly attempts: number;
}): string => `${oneLine(reason)} (${countText(attempts, 'attempt')})`;

/** A sentence for each warning. */
export const warnings = (time: Date, texts: readonly string[]): Sentence[] =>
  texts.map((text) => ({ time, text: `Warning: ${ended(oneLine(text))}` }));

/** With a full stop, unless it has one. */
export const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const clock = (time: Date): string => time.toISOString().slice(11, 19);
