import { type Envelope, EnvelopeError, parseEnvelope } from './envelope.js';
import { recordedAs, type Recorded, type Stored } from './recorded.js';

/** One place of the log, whether this version understands what lies there or not. */
export interface StoredEvent {
  readonly subject: string;
  readonly sequence: number;
  /** The log's. */
  readonly time: Date;
  /** The CloudEvents envelope as it was written; the raw text when it is none. */
  readonly envelope: Readonly<Record<string, unknown>> | string;
  /** What this version makes of it; undefined for an unknown type, a newer version, and what is no event at all. */
  readonly event: Recorded | undefined;
}

/** Never fails: the log cannot be mended, so one stray message must not end every reader for ever. */
export const storedEventFrom = (stored: Stored): StoredEvent => {
  const { subject, sequence, time, payload } = stored;
  const envelope = unlessNoEvent(() => parseEnvelope(payload, subject));
  const event = envelope && unlessNoEvent(() => recordedAs(stored, envelope));
  return { subject, sequence, time, envelope: envelope ?? payload, event };
};

/** Who must act on it puts it aside, with an error (see `Worker`). */
const unlessNoEvent = <T extends Envelope | Recorded | undefined>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
};

/** What can be understood, and nothing else. */
export const understood = async function* (
  stored: AsyncIterable<StoredEvent>,
): AsyncGenerator<Recorded, void> {
  for await (const { event } of stored) if (event) yield event;
};
