import { watchProgress } from '@nocodb-backup/messaging';
import type { Display, FiguresAtWork } from './display.js';
import type { OpenLog } from './open-log.js';
import type { Figures } from './views/figures-text.js';

/** One thing that the log tells of, and how it is folded from its facts. */
export interface Watched<State, Fact> {
  readonly stream: 'backup' | 'restore' | 'import';
  readonly id: string;
  /** The place of its request in the log. */
  readonly from: number;
  readonly evolve: (state: State | undefined, fact: Fact) => State | undefined;
  readonly hasEnded: (state: State) => boolean;
  /** Nothing has been recorded but the request itself. */
  readonly isUntouched: (state: State) => boolean;
  /** Those of the figures that are about work that goes on. */
  readonly atWork: (figures: FiguresAtWork, state: State) => FiguresAtWork;
}

export interface Watch<State, Fact> {
  readonly display: Display<State, Fact>;
  readonly signal: AbortSignal;
  /** How long a request may go unanswered before the person is told that no services seem to run, in milliseconds. */
  readonly unattendedMs: number;
  /** What the person is told then. */
  readonly unattended: string;
}

/** Follows it until it has ended or the signal aborts; answers what is known of it by then. */
export const watch = async <State, Fact>(
  { log, connection }: OpenLog,
  watched: Watched<State, Fact>,
  options: Watch<State, Fact>,
): Promise<State | undefined> => {
  const { stream, id, from } = watched;
  const { display } = options;
  const done = new AbortController();
  const signal = AbortSignal.any([options.signal, done.signal]);
  const figures = new Map<string, Figures>();
  let state: State | undefined;
  const clock = ticking(watched, options, () => ({ state, figures, isConnected: connection.connected }));
  const progress = noting(watchProgress(connection, { stream, id, signal }), figures);
  try {
    for await (const recorded of log.follow(`evt.${stream}.${id}.>`, { from, signal })) {
      const fact = recorded as unknown as Fact;
      state = watched.evolve(state, fact);
      display.happened(fact, state);
      if (state !== undefined && watched.hasEnded(state)) return state;
    }
    return state;
  } finally {
    clock.stop();
    done.abort();
    await progress;
    display.end();
  }
};

const noting = async (
  progress: ReturnType<typeof watchProgress>,
  figures: Map<string, Figures>,
): Promise<void> => {
  for await (const { part, figures: current } of progress) {
    figures.delete(part);
    figures.set(part, current);
  }
};

interface Now<State> {
  readonly state: State | undefined;
  readonly figures: FiguresAtWork;
  readonly isConnected: boolean;
}

/** Draws in the display's rhythm, and says so when the log is gone or nobody takes the request. */
const ticking = <State, Fact>(
  { atWork, isUntouched }: Watched<State, Fact>,
  { display, unattendedMs, unattended }: Watch<State, Fact>,
  now: () => Now<State>,
): { stop(): void } => {
  let wasConnected = true;
  const drawing = setInterval(() => {
    const { state, figures, isConnected } = now();
    if (isConnected !== wasConnected) display.remark(isConnected ? backAgain : gone);
    wasConnected = isConnected;
    if (state !== undefined) display.draw(state, atWork(figures, state));
  }, display.everyMs);
  const waiting = setTimeout(() => {
    const { state, figures, isConnected } = now();
    if (isConnected && figures.size === 0 && (state === undefined || isUntouched(state)))
      display.remark(unattended);
  }, unattendedMs);
  return {
    stop: () => {
      clearInterval(drawing);
      clearTimeout(waiting);
    },
  };
};

const gone = 'The event log does not answer; waiting for it. What is recorded stays recorded.';
const backAgain = 'The event log answers again.';
