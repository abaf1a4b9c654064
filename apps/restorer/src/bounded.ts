import { boundedTexts, cutText } from '@nocodb-backup/backup';
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

const bounded = (all: readonly string[], noun: string): string[] =>
  boundedTexts(all, { noun, most: WARNINGS, length: 1000 });

const shortened = ({ what, reason, count, examples }: LeftOut): LeftOut => ({
  what: cutText(what, 300),
  reason: cutText(reason, 1000),
  count,
  examples: examples.slice(0, EXAMPLES).map((text) => cutText(text, 200)),
});
