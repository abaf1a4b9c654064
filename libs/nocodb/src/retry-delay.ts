const longest = 30_000;
const first = 250;

/** What a failed try knows about the next one. */
export interface FailedTry {
  /** 1 for the first one. */
  readonly attempt: number;
  /** The value of the `Retry-After` header: seconds or an HTTP date. */
  readonly retryAfter?: string | undefined;
  readonly now: number;
  /** Between 0 and 1: spreads the tries of many clients. */
  readonly random: number;
}

/** Milliseconds until the next try: what the server asks for, else doubled each time with jitter; 30 s at most. */
export const retryDelay = ({ attempt, retryAfter, now, random }: FailedTry): number =>
  Math.min(longest, asked(retryAfter, now) ?? first * 2 ** (attempt - 1) * (0.5 + random));

const asked = (retryAfter: string | undefined, now: number): number | undefined => {
  if (retryAfter === undefined || retryAfter.trim() === '') return undefined;
  const seconds = Number(retryAfter);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
};
