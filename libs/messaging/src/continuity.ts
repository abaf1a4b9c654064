import { PermanentError } from '@nocodb-backup/events';
import type { Connection } from './connection.js';
import { parseEnvelope } from './envelope.js';
import { storedAt } from './leader.js';
import { logInfo } from './log-info.js';

/** How far a reader has come, and in which log. */
export interface Checkpoint {
  readonly sequence: number;
  readonly eventId: string;
  /** When the log was created, as its server says. */
  readonly created: string;
}

/** Thrown when the log does not continue a checkpoint: events that were read are gone. */
export class DiscontinuityError extends PermanentError {}

export const checkpointAt = async (
  connection: Connection,
  { sequence, id }: { sequence: number; id: string },
): Promise<Checkpoint> => ({ sequence, eventId: id, created: (await logInfo(connection)).created });

export const verifyContinuity = async (
  connection: Connection,
  { sequence, eventId, created }: Checkpoint,
): Promise<void> => {
  const { created: actual, lastSequence } = await logInfo(connection);
  if (actual !== created) throw broken(`it was created ${actual}, the checkpoint's log ${created}`);
  if (lastSequence < sequence) throw broken(`it ends at ${lastSequence}, the checkpoint is at ${sequence}`);
  const stored = await storedAt(connection, sequence);
  if (!stored) throw broken(`event ${sequence} is not there any more`);
  const { id } = parseEnvelope(stored.payload, stored.subject);
  if (id !== eventId) throw broken(`event ${sequence} is ${id}, and was ${eventId}`);
};

const broken = (how: string): DiscontinuityError =>
  new DiscontinuityError(
    `the event log was rolled back or replaced: ${how}. Rebuild what was derived from it from the first event.`,
  );
