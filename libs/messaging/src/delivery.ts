import type { Event } from '@nocodb-backup/events';
import type { Recorded } from './recorded.js';

/** What an appended event answers: the recorded event, or what one needs of it. */
export type Cause = Pick<Recorded, 'id' | 'correlationId' | 'traceparent'>;

/** Live figures of running work; `part` names the work when one handler does several. */
export type Figures = Readonly<Record<string, number | string>> & { readonly part?: string };

/** What a handler gets besides its event. */
export interface Delivery {
  /** Aborts on shutdown after the grace time, and when the connection was down so long that another may have taken over. */
  readonly signal: AbortSignal;
  /** Unique to this attempt: the name of its staging folder. */
  readonly attemptId: string;
  /** 1 plus the failures so far; restarts do not count. */
  readonly attempt: number;
  /** The event's place in the log: a handler that folds the log must read at least up to it. */
  readonly sequence: number;
  readonly time: Date;
  /** Hand it to `EventLog.append` for facts that cannot wait for the handler's return. */
  readonly cause: Cause;
  /** Tells whoever watches how far the work is. Never stored. */
  readonly progress: (figures: Figures) => void;
  /** Runs `undo` when this attempt's outcome did not become the fact: remove what was staged. */
  readonly onDiscarded: (undo: () => Promise<void>) => void;
}

/** What a handler answers: the facts to record, or nothing. */
export type Answer = Event | readonly Event[] | undefined;
