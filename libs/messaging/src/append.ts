import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors, headers } from '@nats-io/transport-node';
import { type Event, PermanentError } from '@nocodb-backup/events';
import type { Connection } from './connection.js';
import { type Envelope, envelopeOf, type Origin, parseEnvelope } from './envelope.js';
import { lastStored } from './leader.js';
import { pause } from './pause.js';
import { reasonOf } from './reason.js';
import { type Recorded, recordedFrom, type Stored } from './recorded.js';
import { childOf } from './trace-context.js';

/** What stands in the log after an append, and whether it is the caller's own event or was there before. */
export interface Appended {
  readonly recorded: Recorded;
  readonly mine: boolean;
}

interface AppendOptions {
  readonly origin: Origin;
  /** The `traceparent` of what the event answers. */
  readonly parent: string | undefined;
  readonly signal?: AbortSignal;
  /** How long one try waits for the acknowledgement. */
  readonly publishTimeoutMs?: number;
}

const patienceMs = 30_000;

/** Publishes one envelope until it is certain which fact stands on its subject. */
export const appendOnce = async (
  connection: Connection,
  event: Event,
  { origin, parent, signal = AbortSignal.timeout(patienceMs), publishTimeoutMs = 5000 }: AppendOptions,
): Promise<Appended> => {
  const envelope = envelopeOf(event, origin);
  const traceparent = childOf(parent);
  for (let tries = 0; ; tries++) {
    const outcome = await settled(connection, { event, envelope, traceparent, publishTimeoutMs });
    if ('standing' in outcome) return appended(event, envelope, outcome.standing);
    if (signal.aborted) throw unconfirmed(event, outcome.doubt);
    await pause(Math.min(100 * 2 ** tries, 2000), signal);
  }
};

interface Publication {
  readonly event: Event;
  readonly envelope: Envelope;
  readonly traceparent: string;
  readonly publishTimeoutMs: number;
}

/** What stands on the subject, or the doubt that remains: a request that timed out may have been carried out. */
const settled = async (
  connection: Connection,
  publication: Publication,
): Promise<{ standing: Stored } | { doubt: unknown }> => {
  const { subject } = publication.event;
  try {
    await connection.ask(() => publish(connection, publication));
  } catch (error) {
    if (isRefusal(error)) throw refused(publication.event, error);
    if (!isTaken(error)) return { doubt: error };
  }
  try {
    const standing = await lastStored(connection, subject);
    return standing
      ? { standing }
      : { doubt: new Error(`the log acknowledged ${subject} and does not hold it`) };
  } catch (error) {
    return { doubt: error };
  }
};

const publish = async (
  { js }: Connection,
  { event, envelope, traceparent, publishTimeoutMs }: Publication,
): Promise<void> => {
  const own = headers();
  own.set('traceparent', traceparent);
  await js.publish(event.subject, JSON.stringify(envelope), {
    msgID: envelope.id,
    headers: own,
    timeout: publishTimeoutMs,
    expect: { lastSubjectSequence: 0 },
  });
};

const taken: readonly number[] = [
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
];

const isTaken = (error: unknown): boolean => error instanceof JetStreamApiError && taken.includes(error.code);

/** The log's answer is no: it is full, or the service may not publish this. Everything else is silence. */
const isRefusal = (error: unknown): boolean =>
  (error instanceof JetStreamApiError && !isTaken(error)) || isForbidden(error) || isClosed(error);

const isForbidden = (error: unknown): boolean =>
  error instanceof errors.PermissionViolationError ||
  (error instanceof Error && error.cause instanceof errors.PermissionViolationError);

const isClosed = (error: unknown): boolean =>
  error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError;

const refused = ({ type, subject }: Event, error: unknown): Error => {
  const message = `the log refused ${type} on ${subject}: ${reasonOf(error)}`;
  return isForbidden(error)
    ? new PermanentError(`${message}. Allow this service's NATS user to publish there.`, { cause: error })
    : new Error(message, { cause: error });
};

const unconfirmed = ({ type, subject }: Event, doubt: unknown): Error =>
  new Error(
    `the log did not confirm ${type} on ${subject}: ${reasonOf(doubt)}. It may be recorded or not; appending it again is safe.`,
    { cause: doubt },
  );

const appended = (event: Event, envelope: Envelope, standing: Stored): Appended => {
  const { id } = parseEnvelope(standing.payload, standing.subject);
  const definition = { ...event, subjectFor: () => event.subject, read: (data: unknown) => data };
  const recorded = recordedFrom(standing) ?? recordedFrom(standing, () => definition);
  return { recorded: recorded ?? unknownVersion(standing), mine: id === envelope.id };
};

const unknownVersion = ({ subject }: Stored): Recorded => {
  throw new PermanentError(
    `${subject} holds a fact that a newer version of this program wrote: upgrade this one`,
  );
};
