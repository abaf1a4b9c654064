import { PermanentError } from '@nocodb-backup/events';
import type { Connection } from './connection.js';
import { storedAt } from './leader.js';
import { logInfo } from './log-info.js';
import { storedEventFrom } from './stored-event.js';

/** How far a reader has come, and in which log. */
export interface Checkpoint {
  readonly sequence: number;
  /** Empty for what is no event. */
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
  const { envelope } = storedEventFrom(stored);
  const id = typeof envelope === 'string' ? '' : envelope.id;
  if (id !== eventId) throw broken(`event ${sequence} is ${String(id)}, and was ${eventId}`);
};

const broken = (how: string): DiscontinuityError =>
  new DiscontinuityError(
    `the event log was rolled back or replaced: ${how}. Rebuild what was derived from it from the first event.`,
  );
