import type { Connection } from './connection.js';
import { pause } from './pause.js';

export type Settlement = '+ACK' | '-NAK' | `-NAK ${string}` | '+TERM' | `+TERM ${string}`;

/** Gives a delivery back, to be delivered again after the pause. */
export const handBack = (pauseMs: number): Settlement =>
  pauseMs > 0 ? `-NAK ${JSON.stringify({ delay: pauseMs * 1_000_000 })}` : '-NAK';

/** Puts a delivery aside for good; the reason shows in the DEAD stream. */
export const putAside = (reason: string): Settlement =>
  `+TERM ${reason.replaceAll(/\s+/g, ' ').slice(0, 500)}`;

const timeoutMs = 1500;
/** A server that was killed may have forgotten that it gave the delivery out: it stays silent, and gives it out again. */
const silences = 2;
const patienceMs = 30_000;

/**
 * Settles a delivery and waits until the server has confirmed it; false when it stays silent, or away for 30 s. Asks by request,
 * because a second `ackAck()` of one message says yes without sending anything.
 */
export const settle = async (
  connection: Connection,
  reply: string,
  settlement: Settlement,
): Promise<boolean> => {
  const until = Date.now() + patienceMs;
  const { nats } = connection;
  for (let silent = 0; silent < silences && Date.now() < until && !nats.isClosed();) {
    try {
      await connection.ask(() => nats.request(reply, settlement, { timeout: timeoutMs }));
      return true;
    } catch {
      if (connection.connected) silent++;
      await pause(250);
    }
  }
  return false;
};
