import type { LeftOut } from '@nocodb-backup/events';

const GROUPS = 100;
const EXAMPLES = 50;
const WARNINGS = 100;

/** As much as a fact takes, and no thing less in the count: a step that is done must not fail at its report. */
export const boundedLeftOut = (all: readonly LeftOut[]): LeftOut[] => {
  const groups = all.map(shortened);
  if (groups.length <= GROUPS) return groups;
  const rest = groups.slice(GROUPS - 1);
  const more = {
    what: 'more things of other sorts',
    reason: `there are ${rest.length} more reasons than fit here, such as: ${rest[0]?.reason ?? ''}`,
    count: rest.reduce((sum, { count }) => sum + count, 0),
    examples: rest.map(({ what }) => what),
  };
  return [...groups.slice(0, GROUPS - 1), shortened(more)];
};

/** Each warning once, and as many as a fact takes. */
export const boundedWarnings = (all: readonly string[]): string[] => bounded(all, 'warnings');

/** The same of what was found to be wrong. */
export const boundedFindings = (all: readonly string[]): string[] => bounded(all, 'findings');

const bounded = (all: readonly string[], noun: string): string[] => {
  const texts = [...new Set(all.map((text) => cut(text, 1000)))];
  if (texts.length <= WARNINGS) return texts;
  return [...texts.slice(0, WARNINGS - 1), `and ${texts.length - WARNINGS + 1} more ${noun}`];
};

const shortened = ({ what, reason, count, examples }: LeftOut): LeftOut => ({
  what: cut(what, 300),
  reason: cut(reason, 1000),
  count,
  examples: examples.slice(0, EXAMPLES).map((text) => cut(text, 200)),
});

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
