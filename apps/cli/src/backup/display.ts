import { type Backup, type BackupFact, tableTitle } from '@nocodb-backup/backup';
import { Part } from '@nocodb-backup/events';
import { createLogUpdate } from 'log-update';
import { colorsOf, type CliContext } from '../context.js';
import { say } from '../print.js';
import { figuresText, progressLines, type Running } from '../views/progress-lines.js';
import { oneLine, sentenceOf } from '../views/sentence.js';

type Plan = Backup['plan'];

/** Shows on stderr how a backup goes on. */
export interface Display {
  /** How often `draw` wants to be called, in milliseconds. */
  readonly everyMs: number;
  /** `plan` names the tables, once there is one. */
  happened(fact: BackupFact, plan: Plan): void;
  draw(running: Running): void;
  remark(text: string): void;
  end(): void;
}

/** Bars that are drawn again and again on a terminal, a plain line for each change in a pipe. */
export const displayOf = (context: CliContext): Display =>
  context.stderr.isTTY === true ? terminalDisplay(context) : plainDisplay(context);

const terminalDisplay = (context: CliContext): Display => {
  const { stderr, now } = context;
  const update = createLogUpdate(stderr, { showCursor: true });
  const colors = colorsOf(stderr);
  return {
    everyMs: 100,
    happened: ({ type, data }, plan) => {
      if (type.endsWith('Failed')) update.persist(colors.red(sentenceOf(type, data, plan)));
    },
    draw: (running) => {
      update(progressLines(running, now(), colors).join('\n'));
    },
    remark: (text) => {
      update.persist(colors.yellow(text));
    },
    end: () => {
      update.clear();
    },
  };
};

const plainDisplay = (context: CliContext): Display => {
  const told = new Map<string, string>();
  return {
    everyMs: 30_000,
    happened: ({ type, data, time }, plan) => {
      if (type !== 'TableExportRequested') say(context, `${clock(time)}  ${sentenceOf(type, data, plan)}`);
    },
    draw: ({ backup, figures }) => {
      for (const [work, current] of figures) {
        const text = figuresText(current);
        if (told.get(work) !== text)
          say(context, `${clock(context.now())}  ${oneLine(labelOf(work, backup.plan))}: ${text}`);
        told.set(work, text);
      }
    },
    remark: (text) => {
      say(context, text);
    },
    end: () => undefined,
  };
};

const labelOf = (work: string, plan: Plan): string =>
  Part.safeParse(work).success ? work : `table ${tableTitle(plan, work)}`;

const clock = (time: Date): string => time.toISOString().slice(11, 19);
