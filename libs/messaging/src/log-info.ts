import type { Connection } from './connection.js';
import { eventStream } from './topology.js';

/** Which log this is, and how far it goes. */
export interface LogInfo {
  /** When the log was created, as its server says. */
  readonly created: string;
  /** The last event's; 0 when there is none. */
  readonly lastSequence: number;
  readonly bytes: number;
}

/** How far a durable consumer of the log is behind. */
export interface ConsumerLag {
  readonly durable: string;
  /** Events that nobody has taken yet. */
  readonly pending: number;
  /** Events that are being worked on, and how many of these are not given out for the first time. */
  readonly ackPending: number;
  readonly redelivered: number;
}

/** Asks the log's leader about it. */
export const logInfo = async (connection: Connection): Promise<LogInfo> => {
  const { created, state } = await connection.ask(() => connection.jsm.streams.info(eventStream));
  return { created, lastSequence: state.last_seq, bytes: state.bytes };
};

/** Each durable consumer of the log, of all services. */
export const consumerLags = async (connection: Connection): Promise<ConsumerLag[]> => {
  const lags: ConsumerLag[] = [];
  for await (const info of connection.jsm.consumers.list(eventStream)) {
    const { durable_name: durable } = info.config;
    if (durable === undefined) continue;
    const { num_pending: pending, num_ack_pending: ackPending, num_redelivered: redelivered } = info;
    lags.push({ durable, pending, ackPending, redelivered });
  }
  return lags.sort((a, b) => (a.durable < b.durable ? -1 : 1));
};
