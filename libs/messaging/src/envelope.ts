import { type Event, PermanentError } from '@nocodb-backup/events';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';

const schemaName = /^urn:nocodb-backup:event:([A-Za-z]+):([1-9]\d*)$/;

/** CloudEvents 1.0, structured JSON; correlation and causation are extension attributes. */
const Envelope = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(128),
  source: z.string().min(1).max(256),
  type: z.string().regex(/^[A-Za-z]+$/),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  dataschema: z.string().regex(schemaName),
  correlationid: z.string(),
  causationid: z.string().optional(),
  data: z.unknown(),
});
export type Envelope = z.infer<typeof Envelope>;

/** Thrown for bytes in the log that are no event of ours. Trying again cannot help. */
export class EnvelopeError extends PermanentError {}

export interface Origin {
  readonly source: string;
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
}

/** Wraps an event for the log, with an id of its own: keep the envelope for every try to publish it. */
export const envelopeOf = (event: Event, { source, correlationId, causationId }: Origin): Envelope => ({
  specversion: '1.0',
  id: uuidv7(),
  source,
  type: event.type,
  subject: idOf(event.subject),
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  dataschema: `urn:nocodb-backup:event:${event.type}:${event.version}`,
  correlationid: correlationId ?? idOf(event.subject),
  ...(causationId !== undefined && { causationid: causationId }),
  data: event.data,
});

/** Reads an envelope. Throws an EnvelopeError that names the subject when it is none. */
export const parseEnvelope = (payload: string, subject: string): Envelope => {
  const parsed = Envelope.safeParse(json(payload, subject));
  if (!parsed.success)
    throw new EnvelopeError(`the message on ${subject} is no event: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
};

/** The version of the data that the envelope carries. */
export const versionOf = ({ dataschema }: Envelope): number => Number(schemaName.exec(dataschema)?.[2]);

/** The id of the stream (a backup's, a restore's) that a subject belongs to. */
export const idOf = (subject: string): string => subject.split('.')[2] ?? '';

const json = (payload: string, subject: string): unknown => {
  try {
    return JSON.parse(payload);
  } catch (error) {
    throw new EnvelopeError(`the message on ${subject} is no JSON`, { cause: error });
  }
};
