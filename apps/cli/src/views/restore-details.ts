import type { Colors } from 'picocolors/types.js';
import type { RestoreDetails } from '../restore/details.js';
import { ageText, timeText } from './figures.js';
import { restoreEnding } from './restore-ending.js';
import { section } from './section.js';
import { oneLine } from './sentence.js';

interface Frame {
  readonly now: Date;
  readonly colors: Colors;
}

/** What `show` prints about one restore. */
export const restoreDetails = (details: RestoreDetails, frame: Frame): string => {
  const { now, colors } = frame;
  const requested = new Date(details.requestedAt);
  const only = details.planOnly ? ', only its plan' : '';
  return [
    restoreEnding(details, frame),
    `  requested ${timeText(requested)} UTC, ${ageText(requested, now)}, by ${oneLine(details.requestedBy)}${only}`,
    ...section(
      'Steps',
      details.steps.map(
        ({ title, action, done }) =>
          `  ${done ? colors.green('✔') : '·'} ${oneLine(title)}: ${oneLine(action)}`,
      ),
    ),
    ...section(
      'History (UTC)',
      details.history.map(({ time, text }) => `  ${timeText(time)}  ${text}`),
    ),
  ].join('\n');
};
