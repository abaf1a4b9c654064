import type { Recorded } from '@nocodb-backup/messaging';
import type { Colors } from 'picocolors/types.js';
import { timeText } from './figures.js';
import { sentenceOf } from './sentence.js';

/** One recorded event for people: where it stands in the log, when, about what, and what it says. */
export const eventLine = (event: Recorded, colors: Colors): string => {
  const id = event.subject.split('.')[2] ?? event.subject;
  return [
    colors.dim(`#${event.sequence}`.padStart(6)),
    timeText(event.time),
    id,
    colors.bold(event.type.padEnd(20)),
    sentenceOf(event.type, event.data),
  ].join('  ');
};
