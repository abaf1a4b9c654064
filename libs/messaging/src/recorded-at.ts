import type { MsgHdrs } from '@nats-io/transport-node';

/** Only an import writes it: when the fact was recorded in the log that it was exported from, ISO 8601 in UTC. */
export const recordedAtHeader = 'Nocodb-Backup-Recorded-At';

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * When a fact was recorded: the server's time, or in a log that was imported that of the log it comes from. A server
 * gives new times to whatever is written to it, and what is folded from a log must not change with the move.
 */
export const recordedAt = (headers: MsgHdrs | undefined, received: Date): Date => {
  const told = headers?.get(recordedAtHeader) ?? '';
  if (!instant.test(told)) return received;
  const time = new Date(told);
  return Number.isNaN(time.getTime()) ? received : time;
};
