import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** The time that schedulers plan by. */
export abstract class Clock {
  abstract now(): Date;

  /** Waits for so many milliseconds; ends early, and without an error, when the signal aborts. */
  abstract pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
@Injectable()
export class SystemClock extends Clock {
  override now(): Date {
    return new Date();
  }

  override async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** Node's timers hold no longer waits, and a machine that slept must notice the time soon after. */
const LONGEST_PAUSE_MS = 60_000;

/** Waits for the instant; ends early when the signal aborts, and when the clock is put back: what was planned by it is planned anew. */
export const untilInstant = async (clock: Clock, instant: Date, signal: AbortSignal): Promise<void> => {
  for (let now = clock.now(), before = now; !signal.aborted; before = now, now = clock.now()) {
    if (now >= instant || now < before) return;
    await clock.pause(Math.min(instant.getTime() - now.getTime(), LONGEST_PAUSE_MS), signal);
  }
};
