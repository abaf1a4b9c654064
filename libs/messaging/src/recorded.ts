import { eventType, type EventType } from '@nocodb-backup/events';
import { z } from 'zod';
import { type Envelope, EnvelopeError, parseEnvelope, versionOf } from './envelope.js';

/** A fact in the log. Order (`sequence`) and `time` are the log's; a fact that was imported keeps its time (`recordedAt`). */
export interface Recorded<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  /** The version that `data` has been brought to. */
  readonly version: number;
  readonly data: Data;
  readonly subject: string;
  readonly sequence: number;
  readonly time: Date;
  readonly correlationId: string;
  /** The id of the event that this one answers. */
  readonly causationId: string | undefined;
  /** The service that appended it. */
  readonly source: string;
  /** W3C trace context. */
  readonly traceparent: string | undefined;
}

/** What lies in the log, before anybody has understood it. */
export interface Stored {
  readonly subject: string;
  readonly sequence: number;
  readonly time: Date;
  readonly payload: string;
  readonly traceparent: string | undefined;
}

type Definition = Pick<EventType, 'type' | 'version' | 'read' | 'subjectFor'>;
type DefinitionOf = (type: string) => Definition | undefined;

/**
 * Understands a stored message: undefined for a type or a version that this program does not know.
 * Throws an EnvelopeError when it is no event at all.
 */
export const recordedFrom = (stored: Stored, definitionOf: DefinitionOf = eventType): Recorded | undefined =>
  recordedAs(stored, parseEnvelope(stored.payload, stored.subject), definitionOf);

/** As `recordedFrom`, where the envelope has been read already. */
export const recordedAs = (
  stored: Stored,
  envelope: Envelope,
  definitionOf: DefinitionOf = eventType,
): Recorded | undefined => {
  const definition = definitionOf(envelope.type);
  if (!definition || versionOf(envelope) > definition.version) return undefined;
  return recordedOf(stored, envelope, dataOf(stored, envelope, definition), definition.version);
};

const dataOf = ({ subject }: Stored, envelope: Envelope, definition: Definition): unknown => {
  try {
    const data = definition.read(envelope.data, versionOf(envelope));
    const own = definition.subjectFor(data as object);
    if (own !== subject) throw new EnvelopeError(`the event on ${subject} belongs on ${own}`);
    return data;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new EnvelopeError(`the message on ${subject} is no ${definition.type}: ${z.prettifyError(error)}`);
  }
};

const recordedOf = (stored: Stored, envelope: Envelope, data: unknown, version: number): Recorded => ({
  id: envelope.id,
  type: envelope.type,
  version,
  data,
  subject: stored.subject,
  sequence: stored.sequence,
  time: stored.time,
  correlationId: envelope.correlationid,
  causationId: envelope.causationid,
  source: envelope.source,
  traceparent: stored.traceparent,
});
