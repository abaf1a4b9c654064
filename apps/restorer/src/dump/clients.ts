import { setTimeout } from 'node:timers/promises';
import { clientsOf, type ConnectedClient, nameOf, type Session } from '@nocodb-backup/postgres';
import { RefusedError } from '../refused-error.js';
import type { Place } from './place.js';

/** How often to look, and how long to wait in between: a session that is just ending is no reason to refuse. */
const LOOKS = 10;
const PAUSE_MS = 200;

/** Who is connected to the database and stays. Throws RefusedError that lists them, unless the restore may disconnect them. */
export const admittedClients = async (
  session: Session,
  { connection, force }: Place,
): Promise<readonly ConnectedClient[]> => {
  for (let look = 1; ; look++) {
    const clients = await clientsOf(session, connection.database);
    if (force && clients.some(({ mayEnd }) => !mayEnd)) throw mayNotEnd(connection, clients);
    if (clients.length === 0 || force) return clients;
    if (look === LOOKS) throw inUse(connection, clients);
    await setTimeout(PAUSE_MS);
  }
};

const mayNotEnd = (connection: Place['connection'], clients: readonly ConnectedClient[]): RefusedError =>
  new RefusedError(
    `${nameOf(connection)} is in use (${listOf(clients.filter(({ mayEnd }) => !mayEnd))}), and "${connection.user}" may not ` +
      `disconnect them: stop NocoDB and what else uses it, or as a superuser: GRANT pg_signal_backend TO "${connection.user}" ` +
      '(not enough for the sessions of superusers)',
  );

/** The refusal to replace a database that is in use. */
export const inUse = (connection: Place['connection'], clients: readonly ConnectedClient[]): RefusedError =>
  new RefusedError(
    `${nameOf(connection)} is in use (${listOf(clients)}): stop NocoDB and whatever else uses it, then try again. ` +
      '--force disconnects them instead, and what they write meanwhile is lost',
  );

/** `3 connections of "nocodb" (nocodb-server) from 10.0.0.3, ...` */
export const listOf = (clients: readonly ConnectedClient[]): string =>
  clients
    .slice(0, 10)
    .map(({ user, application, address, count }) => {
      const program = application === '' ? '' : ` (${printable(application)})`;
      return `${count} connection${count === 1 ? '' : 's'} of "${user}"${program}${address === null ? '' : ` from ${address}`}`;
    })
    .join(', ') || 'somebody connects again and again';

const printable = (text: string): string => text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?').slice(0, 60);
