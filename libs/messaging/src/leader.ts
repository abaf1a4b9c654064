import { type MsgRequest, type StoredMsg } from '@nats-io/jetstream';
import type { Connection } from './connection.js';
import type { Stored } from './recorded.js';
import { recordedAt } from './recorded-at.js';
import { eventStream } from './topology.js';
import { traceparentOf } from './trace-context.js';

/** The last message on a literal subject, read from the stream's leader: it sees every acknowledged write. */
export const lastStored = (connection: Connection, subject: string): Promise<Stored | undefined> =>
  leaderRead(connection, { last_by_subj: subject });

/** The message at a sequence, from the leader. */
export const storedAt = (connection: Connection, sequence: number): Promise<Stored | undefined> =>
  leaderRead(connection, { seq: sequence });

/** The first message at or after a sequence whose subject matches, from the leader. */
export const nextStored = (
  connection: Connection,
  filter: string,
  from: number,
): Promise<Stored | undefined> => {
  const request = { seq: from, next_by_subj: filter };
  return leaderRead(connection, request);
};

const leaderRead = async (connection: Connection, request: MsgRequest): Promise<Stored | undefined> => {
  const message = await connection.ask(() => connection.jsm.streams.getMessage(eventStream, request));
  return message ? storedFrom(message) : undefined;
};

const storedFrom = (message: StoredMsg): Stored => ({
  subject: message.subject,
  sequence: message.seq,
  time: recordedAt(message.header, message.time),
  payload: message.string(),
  traceparent: traceparentOf(message.header),
});
