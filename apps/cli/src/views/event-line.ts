import type { Recorded } from '@nocodb-backup/messaging';
import type { Colors } from 'picocolors/types.js';
import type { Unread } from '../unread.js';
import { timeText } from './figures.js';
import { sentenceOf } from './sentence.js';

interface Frame {
  readonly colors: Colors;
  /** Not where all events are about the same one. */
  readonly withId: boolean;
}

/** One event of the log for people: its place, when, about what, and what it says. */
export const eventLine = (event: Recorded | Unread, { colors, withId }: Frame): string => {
  if (event.type === null) return colors.yellow(unreadText(event));
  const id = withId ? [event.subject.split('.')[2] ?? ''] : [];
  return [
    colors.dim(`#${event.sequence}`.padStart(6)),
    timeText(event.time),
    ...id,
    colors.bold(event.type.padEnd(20)),
    sentenceOf(event.type, event.data),
  ].join('  ');
};

const unreadText = ({ sequence, lastSequence }: Unread): string => {
  const place = sequence === lastSequence ? `#${sequence}` : `#${sequence} to #${lastSequence}`;
  return `${place.padStart(6)}  cannot be read by this version of the program: a newer one wrote it, or it is no event of ours`;
};
