import { Clock } from './clock.js';

interface Sleeper {
  at: number;
  readonly wake: () => void;
}

/** A time that passes only when everybody who lives by it sleeps. */
export class SimulatedTime {
  private readonly sleepers = new Set<Sleeper>();
  private readonly chores: {
    at: number;
    readonly everyMs: number;
    readonly work: (now: Date) => Promise<void>;
  }[] = [];
  private asleep: () => void = () => undefined;
  /** How many sleep when nothing is being done. */
  living = 0;

  constructor(private instant: number) {}

  get now(): Date {
    return new Date(this.instant);
  }

  /** A clock that is wrong by so many milliseconds. */
  clock(wrongByMs: number): Clock {
    return Object.assign(Object.create(Clock.prototype) as Clock, {
      now: () => new Date(this.instant + wrongByMs),
      pause: (milliseconds: number, signal: AbortSignal) => this.slept(milliseconds, signal),
    });
  }

  /** Does the work again and again. */
  every(everyMs: number, work: (now: Date) => Promise<void>): void {
    this.chores.push({ at: this.instant + everyMs, everyMs, work });
  }

  /** Puts all clocks back; who sleeps sleeps on as long as it wanted to. */
  putBack(milliseconds: number): void {
    this.instant -= milliseconds;
    for (const one of [...this.sleepers, ...this.chores]) one.at -= milliseconds;
  }

  /** Lets time pass up to the instant. */
  async passUntil(iso: string): Promise<void> {
    const end = Date.parse(iso);
    for (;;) {
      await this.untilAllSleep();
      const next = Math.min(...[...this.sleepers, ...this.chores].map(({ at }) => at));
      this.instant = Math.max(this.instant, Math.min(next, end));
      if (next > end) return;
      for (const chore of this.chores.filter(({ at }) => at <= this.instant)) {
        await chore.work(this.now);
        chore.at += chore.everyMs;
      }
      for (const sleeper of [...this.sleepers].filter(({ at }) => at <= this.instant)) sleeper.wake();
    }
  }

  /** Lets everybody finish what is being done at this instant. */
  async untilAllSleep(): Promise<void> {
    while (this.sleepers.size < this.living)
      await new Promise<void>((resolve) => {
        this.asleep = resolve;
      });
  }

  private slept(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.sleepers.delete(sleeper);
        resolve();
      };
      const sleeper = { at: this.instant + Math.max(1, milliseconds), wake };
      signal.addEventListener('abort', wake);
      this.sleepers.add(sleeper);
      if (signal.aborted) wake();
      this.asleep();
    });
  }
}
