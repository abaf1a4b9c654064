import { z } from 'zod';
import { codeBehind } from './postgres-error.js';
import type { ServerFacts } from './server-facts.js';
import type { Session } from './session.js';
import { identifier, literal } from './sql.js';

/** How text is stored, sorted and compared. */
export type Locale = Pick<ServerFacts, 'encoding'> & {
  readonly collation: Pick<ServerFacts['collation'], 'provider' | 'collate' | 'ctype'>;
};

/** An unknown locale, an encoding that does not go with it, a provider that the server was built without. */
const UNKNOWN_LOCALE = ['42809', '42P17', '22023', '0A000', '42704', '42601', '58P01'];

/**
 * Makes an empty database in the first of the locales that the server has; the server's own when it has none of them. Resolves
 * with the locale that was taken, undefined for the server's own.
 */
export const createDatabase = async (
  session: Session,
  { name, owner }: { name: string; owner: string },
  locales: readonly Locale[],
): Promise<Locale | undefined> => {
  const create = `CREATE DATABASE ${identifier(name)} OWNER ${identifier(owner)} TEMPLATE template0`;
  for (const locale of locales) {
    try {
      await session.rows(z.unknown(), `${create} ${clauseOf(locale)}`);
      return locale;
    } catch (error) {
      if (!UNKNOWN_LOCALE.includes(codeBehind(error) ?? '')) throw error;
    }
  }
  await session.rows(z.unknown(), create);
  return undefined;
};

const clauseOf = ({ encoding, collation: { provider, collate, ctype } }: Locale): string => {
  const text = `ENCODING ${literal(encoding)}`;
  if (provider === 'icu') return `${text} LOCALE_PROVIDER icu ICU_LOCALE ${literal(collate)}`;
  if (provider === 'builtin') return `${text} LOCALE_PROVIDER builtin BUILTIN_LOCALE ${literal(collate)}`;
  return `${text} LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`;
};
