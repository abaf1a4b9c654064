import type { Msg } from '@nats-io/transport-node';
import type { Stored } from './recorded.js';
import { recordedAt } from './recorded-at.js';
import { traceparentOf } from './trace-context.js';

/** A delivery as it comes from a consumer: what is stored, and where its acknowledgement goes. */
export interface Message extends Stored {
  readonly reply: string;
  /** How often the server gave it out, this time included. */
  readonly deliveries: number;
}

/** Reads `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<delivery sequence>.<nanoseconds>.<pending>`. */
export const messageFrom = ({ subject, reply = '', data, headers }: Msg): Message => {
  const tokens = reply.split('.');
  const [deliveries, sequence, , nanoseconds] = tokens.slice(tokens.length === 9 ? 4 : 6);
  return {
    subject,
    reply,
    deliveries: Number(deliveries),
    sequence: Number(sequence),
    time: recordedAt(headers, new Date(Number(BigInt(nanoseconds ?? 0) / 1_000_000n))),
    payload: new TextDecoder().decode(data),
    traceparent: traceparentOf(headers),
  };
};
