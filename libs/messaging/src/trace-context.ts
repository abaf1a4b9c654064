import { randomBytes } from 'node:crypto';
import type { MsgHdrs } from '@nats-io/transport-node';

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The W3C `traceparent` of what follows from `parent`: the same trace, a span of its own; a new trace if there is none. */
export const childOf = (parent: string | undefined): string => {
  const [, trace = randomBytes(16).toString('hex'), , flags = '01'] = pattern.exec(parent ?? '') ?? [];
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
};

/** The `traceparent` header of a message, if it has one. */
export const traceparentOf = (headers: MsgHdrs | undefined): string | undefined => {
  const told = headers?.get('traceparent');
  return told === '' ? undefined : told;
};
