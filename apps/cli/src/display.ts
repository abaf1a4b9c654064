import { createLogUpdate } from 'log-update';
import type { Colors } from 'picocolors/types.js';
import { colorsOf, type CliContext } from './context.js';
import { say } from './print.js';
import type { Figures } from './views/figures-text.js';

/** The last figures of each piece of work; the last told is last. */
export type FiguresAtWork = ReadonlyMap<string, Figures>;

/** Shows on stderr how something goes on: `State` is what is known of it, folded from its facts. */
export interface Display<State, Fact> {
  /** How often `draw` wants to be called, in milliseconds. */
  readonly everyMs: number;
  happened(fact: Fact, state: State | undefined): void;
  draw(state: State, figures: FiguresAtWork): void;
  remark(text: string): void;
  end(): void;
}

/** How one sort of thing is told of. */
export interface Words<State, Fact> {
  /** Its lines on a terminal as of now. */
  lines(
    state: State,
    figures: FiguresAtWork,
    frame: { readonly now: Date; readonly colors: Colors },
  ): string[];
  /** What stays on the terminal of a fact; undefined where the lines say enough. */
  lasting(fact: Fact, state: State | undefined, colors: Colors): string | undefined;
  /** A fact as a plain line; undefined for what is not worth one. */
  line(fact: Fact, state: State | undefined): string | undefined;
  /** Figures as a plain line. */
  figuresLine(work: string, figures: Figures, frame: { readonly state: State; readonly now: Date }): string;
}

/** Bars that are drawn again and again on a terminal, a plain line for each change in a pipe. */
export const displayOf = <State, Fact extends { readonly time: Date }>(
  context: CliContext,
  words: Words<State, Fact>,
): Display<State, Fact> =>
  canDraw(context) ? terminalDisplay(context, words) : plainDisplay(context, words);

/** A terminal may have no size: some container engines attach one so, and every line would be broken after each character. */
const canDraw = ({ stderr }: CliContext): boolean => stderr.isTTY === true && stderr.columns !== 0;

const terminalDisplay = <State, Fact>(
  { stderr, now }: CliContext,
  words: Words<State, Fact>,
): Display<State, Fact> => {
  const update = createLogUpdate(stderr, { showCursor: true });
  const colors = colorsOf(stderr);
  return {
    everyMs: 100,
    happened: (fact, state) => {
      const text = words.lasting(fact, state, colors);
      if (text !== undefined) update.persist(text);
    },
    draw: (state, figures) => {
      update(words.lines(state, figures, { now: now(), colors }).join('\n'));
    },
    remark: (text) => {
      update.persist(colors.yellow(text));
    },
    end: () => {
      update.clear();
    },
  };
};

const plainDisplay = <State, Fact extends { readonly time: Date }>(
  context: CliContext,
  words: Words<State, Fact>,
): Display<State, Fact> => {
  const told = new Map<string, string>();
  return {
    everyMs: 30_000,
    happened: (fact, state) => {
      const text = words.line(fact, state);
      if (text !== undefined) say(context, `${clock(fact.time)}  ${text}`);
    },
    draw: (state, figures) => {
      const now = context.now();
      for (const [work, current] of figures) {
        const text = words.figuresLine(work, current, { state, now });
        if (told.get(work) !== text) say(context, `${clock(now)}  ${text}`);
        told.set(work, text);
      }
    },
    remark: (text) => {
      say(context, text);
    },
    end: () => undefined,
  };
};

const clock = (time: Date): string => time.toISOString().slice(11, 19);
