import type { Restore, RestoreFact } from '@nocodb-backup/backup';
import type { Words } from '../display.js';
import type { Figures } from '../views/figures-text.js';
import { leadOf, paceText } from '../views/pace-text.js';
import { restoreLines } from '../views/restore-lines.js';
import { oneLine, sentenceOf } from '../views/sentence.js';
import { stepDone, stepLine, workTitle } from '../views/step-line.js';
import { rateOf, type Sample, withSample } from './rate.js';

/** How one running restore is told of; remembers how fast it was. */
export const restoreWords = (): Words<Restore, RestoreFact> => {
  const paced = pacing();
  return {
    lines: (restore, figures, { now, colors }) => {
      const [current] = figures;
      const work = current && {
        name: current[0],
        figures: current[1],
        text: paced(current[0], current[1], now),
      };
      return restoreLines(restore, work, { now, colors });
    },
    lasting: (fact, restore, colors) =>
      fact.type === 'RestoreStepCompleted' ? stepLine(fact.data, restore?.plan, colors) : undefined,
    line: (fact, restore) =>
      fact.type === 'RestoreStepCompleted'
        ? stepDone(fact.data, restore?.plan)
        : sentenceOf(fact.type, fact.data),
    figuresLine: (work, figures, { state, now }) =>
      `${oneLine(workTitle(work, state.plan))}: ${paced(work, figures, now)}`,
  };
};

/** Puts figures of one piece of work after another into words, with the rate that was seen so far. */
export const pacing = (): ((work: string, figures: Figures, now: Date) => string) => {
  const samples = new Map<string, readonly Sample[]>();
  return (work, figures, now) => {
    if (typeof figures.failed === 'string') return `an attempt failed: ${oneLine(figures.failed)}`;
    const lead = leadOf(figures);
    if (!lead) return paceText(figures, undefined);
    const key = `${work} ${lead.name}`;
    const seen = withSample(samples.get(key) ?? [], { atMs: now.getTime(), value: lead.value });
    samples.set(key, seen);
    return paceText(figures, rateOf(seen));
  };
};
