import { PermanentError } from '@nocodb-backup/events';
import type { PostgresConnection } from './connection.js';
import { codeBehind } from './postgres-error.js';
import { type Session, type SessionOptions, withSession } from './session.js';

/** No such database; may not connect to it. */
const ELSEWHERE = ['3D000', '42501', '55000'];

/** A session with the server from outside of the database, which can be renamed and removed therefore. */
export const withMaintenance = async <Result>(
  connection: PostgresConnection,
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> => {
  const database = await outside(connection, options);
  return withSession({ ...connection, database }, options, work);
};

const outside = async (connection: PostgresConnection, options: SessionOptions): Promise<string> => {
  const names = ['postgres', 'template1'].filter((name) => name !== connection.database);
  let last: unknown;
  for (const database of names) {
    try {
      return await withSession({ ...connection, database }, options, () => Promise.resolve(database));
    } catch (error) {
      if (!ELSEWHERE.includes(codeBehind(error) ?? '')) throw error;
      last = error;
    }
  }
  throw new PermanentError(
    `user "${connection.user}" can connect to none of the databases ${names.join(', ')} from which another one is replaced: ` +
      `as a superuser, GRANT CONNECT ON DATABASE postgres TO "${connection.user}"`,
    { cause: last },
  );
};
