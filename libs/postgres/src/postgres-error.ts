import { PermanentError } from '@nocodb-backup/events';
import { nameOf, type PostgresConnection } from './connection.js';
import { redacted } from './redacted.js';

interface Explanation {
  /** SQLSTATE, or the code of a system error. */
  readonly codes: readonly string[];
  /** How a client program's error output says the same. */
  readonly pattern: RegExp;
  readonly isPermanent: boolean;
  readonly sentence: (connection: PostgresConnection) => string;
}

const explanations: readonly Explanation[] = [
  {
    codes: ['28P01'],
    pattern: /password authentication failed|no password supplied|empty password/i,
    isPermanent: true,
    sentence: (connection) =>
      `the password of user "${connection.user}" was refused for ${nameOf(connection)}: ` +
      'check DATABASE_USER and DATABASE_PASSWORD (or DATABASE_URL)',
  },
  {
    codes: ['28000'],
    pattern: /no pg_hba\.conf entry|role ".*" does not exist/i,
    isPermanent: true,
    sentence: (connection) =>
      `user "${connection.user}" is not let in to ${nameOf(connection)}: check DATABASE_USER, and pg_hba.conf of the server`,
  },
  {
    codes: ['3D000'],
    pattern: /FATAL: +database ".*" does not exist/i,
    isPermanent: true,
    sentence: (connection) => `there is no ${nameOf(connection)}: check DATABASE_NAME (or DATABASE_URL)`,
  },
  {
    codes: ['42501'],
    pattern: /permission denied for|must be owner of|row-level security policy/i,
    isPermanent: true,
    sentence: ({ user, ...connection }) =>
      `user "${user}" may not read all of ${nameOf({ user, ...connection })}: let DATABASE_USER be its owner, or as a superuser: ` +
      `GRANT pg_read_all_data TO "${user}"`,
  },
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
    pattern: /could not translate host name/i,
    isPermanent: false,
    sentence: (connection) =>
      `the host of ${nameOf(connection)} is not known: check DATABASE_HOST, and whether that container runs`,
  },
  {
    codes: ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT', '57P03', '08001'],
    pattern:
      /connection refused|timeout expired|no route to host|the database system is (starting|shutting)/i,
    isPermanent: false,
    sentence: (connection) =>
      `${nameOf(connection)} does not answer: does PostgreSQL run, and are DATABASE_HOST and DATABASE_PORT right?`,
  },
  {
    codes: ['53300'],
    pattern: /too many clients|remaining connection slots/i,
    isPermanent: false,
    sentence: (connection) =>
      `${nameOf(connection)} has no free connection: raise max_connections, or back up at a quieter time`,
  },
  {
    codes: ['55P03'],
    pattern: /due to lock timeout/i,
    isPermanent: false,
    sentence: (connection) =>
      `a table of ${nameOf(connection)} stayed locked: is a migration or an import running? Back up when it is done`,
  },
  {
    codes: ['ECONNRESET', 'EPIPE', '57P01', '57P02'],
    pattern:
      /server closed the connection|connection terminated|connection error|terminating connection|connection to server was lost/i,
    isPermanent: false,
    sentence: (connection) =>
      `the connection to ${nameOf(connection)} broke: did the server stop or restart?`,
  },
];

/** The error of the `pg` driver, in a sentence that names what to look at. Throws nothing away: the original is the cause. */
export const driverError = (error: unknown, connection: PostgresConnection): Error => {
  const { code, message = String(error) } = Object(error) as { code?: unknown; message?: string };
  const explanation = explanations.find(
    ({ codes, pattern }) => (typeof code === 'string' && codes.includes(code)) || pattern.test(message),
  );
  return explained(explanation, connection, { said: message, cause: error });
};

/** What a client program's error output means, undefined when it is none of the known. */
export const programError = (what: string, stderr: string, connection: PostgresConnection): Error =>
  explained(
    explanations.find(({ pattern }) => pattern.test(stderr)),
    connection,
    { said: `${what}: ${stderr.trim() || 'it said nothing'}` },
  );

/** Whether a client program's error output tells of something that may pass: no server, a broken connection, a lock. */
export const isTransientOutput = (stderr: string): boolean =>
  explanations.find(({ pattern }) => pattern.test(stderr))?.isPermanent === false;

/** The SQLSTATE or system code behind an error of `withSession`; undefined where there is none. */
export const codeBehind = (error: unknown): string | undefined => {
  const { cause } = Object(error) as { cause?: unknown };
  const { code } = Object(cause) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
};

const explained = (
  explanation: Explanation | undefined,
  connection: PostgresConnection,
  { said, cause }: { said: string; cause?: unknown },
): Error => {
  const clean = redacted(said, [connection.password]);
  if (!explanation) return new Error(`${nameOf(connection)}: ${clean}`, { cause });
  const message = `${explanation.sentence(connection)} (${clean})`;
  return explanation.isPermanent ? new PermanentError(message, { cause }) : new Error(message, { cause });
};
