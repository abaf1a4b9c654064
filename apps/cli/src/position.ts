import { InvalidArgumentError } from 'commander';
import { CliError } from './cli-error.js';
import { ExitCode } from './exit-code.js';
import { timeText } from './views/figures.js';

/** A place in the log as a person names it: by sequence, or by time. */
export type Position = { readonly sequence: number } | { readonly time: Date };

/** Reads `42`, `2026-02-05`, `2026-02-05T05:15` (UTC unless it says otherwise). Throws commander's InvalidArgumentError. */
export const positionOf = (text: string): Position => {
  if (/^\d{1,15}$/.test(text)) return { sequence: Number(text) };
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text);
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(11));
  const time = new Date(isTime && !hasZone ? `${text.replace(' ', 'T')}Z` : text);
  if ((isDate || isTime) && !Number.isNaN(time.getTime())) return { time };
  throw new InvalidArgumentError(
    'It must be a sequence such as 42, or a time such as 2026-02-05T05:15 (UTC).',
  );
};

/** Reads an instant as `positionOf` does. Throws commander's InvalidArgumentError. */
export const instantOfText = (text: string): Date => {
  const position = positionOf(text);
  if ('time' in position) return position.time;
  throw new InvalidArgumentError('It must be a time such as 2026-02-05T05:15 (UTC).');
};

/** The instant in the past of which something is asked. Throws a CliError with exit code 2 where it has not come yet. */
export const pastInstant = (at: Date, now: Date): Date => {
  if (at <= now) return at;
  throw new CliError(
    ExitCode.usage,
    `--at: ${timeText(at)} UTC has not come yet: it is ${timeText(now)} UTC`,
  );
};

interface Placed {
  readonly sequence: number;
  readonly time: Date;
}

/** Whether an event lies at or after the position. */
export const isFrom = (position: Position | undefined, { sequence, time }: Placed): boolean => {
  if (position === undefined) return true;
  return 'time' in position ? time >= position.time : sequence >= position.sequence;
};

/** Whether an event lies at or before the position. */
export const isUpTo = (position: Position | undefined, { sequence, time }: Placed): boolean => {
  if (position === undefined) return true;
  return 'time' in position ? time <= position.time : sequence <= position.sequence;
};
