import {
  literal,
  type PostgresConnection,
  type Session,
  type SessionOptions,
  withSession,
} from '@nocodb-backup/postgres';
import { z } from 'zod';
import { encryptedIn, opens } from './crypto-js.js';

/** NocoDB's tables whose column `config` it encrypts. */
const TABLES = ['nc_sources_v2', 'nc_bases_v2', 'nc_integrations_v2'];
const Found = z.object({ found: z.boolean() });
const Config = z.object({ config: z.string() });

/** What a restored NocoDB needs to read what it has encrypted. `key` is the one that is configured here, if any. */
export const encryptionWarnings = async (
  connection: PostgresConnection,
  key: string | undefined,
  options: SessionOptions,
): Promise<string[]> => {
  const encrypted = await withSession(connection, options, firstEncrypted);
  if (encrypted === undefined) return [];
  if (key === undefined)
    return [
      'this NocoDB was run with NC_CONNECTION_ENCRYPT_KEY: start it with the same key, else every request for records fails (500)',
    ];
  return opens(encrypted, key)
    ? []
    : [
        'NC_CONNECTION_ENCRYPT_KEY as it is set here does NOT open what is in the restored database: NocoDB must be started with the ' +
          'key that it had at the time of the backup, else every request for records fails (500)',
      ];
};

const firstEncrypted = async (session: Session): Promise<string | undefined> => {
  for (const table of TABLES) {
    const [exists] = await session.rows(
      Found,
      `SELECT to_regclass(${literal(`public.${table}`)}) IS NOT NULL AS found`,
    );
    if (!exists?.found) continue;
    // As a document, because older versions have no such column.
    const [row] = await session.rows(
      Config,
      `SELECT config FROM (SELECT to_jsonb(t) ->> 'config' AS config FROM public.${table} t) c
        WHERE config ~ '^"?U2FsdGVkX1' LIMIT 1`,
    );
    if (row) return encryptedIn(row.config);
  }
  return undefined;
};
