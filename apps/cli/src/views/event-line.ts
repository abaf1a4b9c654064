import type { Backup } from '@nocodb-backup/backup';
import type { StoredEvent } from '@nocodb-backup/messaging';
import type { Colors } from 'picocolors/types.js';
import { timeText } from './figures.js';
import { oneLine, sentenceOf } from './sentence.js';

interface Frame {
  readonly colors: Colors;
  /** Not where all events are about the same one. */
  readonly withId: boolean;
  /** Names the tables, where it is known. */
  readonly plan?: Backup['plan'];
}

/** One event of the log for people: its place, when, about what, and what it says. */
export const eventLine = (stored: StoredEvent, { colors, withId, plan }: Frame): string => {
  const { event, sequence, time, subject } = stored;
  const id = withId ? [oneLine(subject.split('.')[2] ?? '')] : [];
  return [
    colors.dim(`#${sequence}`.padStart(6)),
    timeText(time),
    ...id,
    colors.bold(oneLine(typeOf(stored)).padEnd(20)),
    event ? sentenceOf(event.type, event.data, plan) : colors.yellow(oneLine(unreadText(stored))),
  ].join('  ');
};

/** One event of the log for programs, as it is stored; `sequence` and `time` are the log's. */
export const eventJson = ({ envelope, subject, sequence, time }: StoredEvent): string =>
  JSON.stringify(
    typeof envelope === 'string'
      ? { subject, sequence, time, raw: envelope }
      : { ...envelope, sequence, time },
  );

/** The type that the subject names: also that of what cannot be read. */
export const typeOf = ({ subject }: StoredEvent): string => subject.split('.')[3] ?? '';

const longest = 200;

const unreadText = ({ envelope, subject }: StoredEvent): string => {
  const [why, what] =
    typeof envelope === 'string'
      ? ['no event of ours', JSON.stringify(envelope)]
      : ['not known to this version of the program', JSON.stringify(envelope.data)];
  return `${why}, on ${subject}: ${what.length > longest ? `${what.slice(0, longest)}…` : what}`;
};
