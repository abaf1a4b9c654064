import type { Channel } from './channels/channel.js';

/** `errors`: only what needs people; `warnings`: that, and what may; `all`: good news, too. */
export type AlertLevel = 'errors' | 'warnings' | 'all';

/** Who is told what, and of which source a dead man's switch is. */
export class Telling {
  constructor(
    readonly channels: readonly Channel[],
    readonly level: AlertLevel,
    readonly source: string,
  ) {}
}

/** Tells the time; tests have their own. */
export abstract class Clock {
  abstract now(): Date;
}
