import { InvalidArgumentError } from 'commander';

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
