import { z } from 'zod';
import { codeBehind } from '../postgres-error.js';
import type { Session } from '../session.js';
import { identifier } from '../sql.js';
import { type Index, untouchedOf } from './indexes.js';

/** An index that could not be rebuilt, or why all of it ended early. */
export interface RebuildFailure {
  /** As SQL writes it; undefined where it concerns all of them. */
  readonly index?: string;
  readonly reason: string;
}

/** What is to be rebuilt, and until when (as `Date.now()` tells it). */
export interface Rebuild {
  readonly database: string;
  readonly indexes: readonly Index[];
  readonly deadline: number;
}

/**
 * REINDEX DATABASE CONCURRENTLY, then one by one what that did not reach: it stops at the first error, and passes over exclusion
 * constraints. Resolves with what could not be rebuilt; nothing means that every one of them was, which was looked at.
 */
export const rebuildIndexes = async (
  session: Session,
  { database, indexes, deadline }: Rebuild,
): Promise<readonly RebuildFailure[]> => {
  const statement = { sql: `REINDEX DATABASE CONCURRENTLY ${identifier(database)}`, deadline };
  const first = await failureOf(session, statement);
  if (first?.endsAll) return [first.failure];
  const failures: RebuildFailure[] = [];
  for (const index of await untouchedOf(session, indexes)) {
    const failed = await failureOf(session, { sql: reindexSql(index), index: index.name, deadline });
    if (failed) failures.push(failed.failure);
    if (failed?.endsAll) return failures;
  }
  const left = await untouchedOf(session, indexes);
  const unexplained = left.filter(({ name }) => !failures.some(({ index }) => index === name));
  return [
    ...failures,
    ...unexplained.map(({ name }) => ({ index: name, reason: 'PostgreSQL did not rebuild it' })),
  ];
};

const reindexSql = ({ name, isExclusion }: Index): string =>
  `REINDEX INDEX ${isExclusion ? '' : 'CONCURRENTLY '}${name}`;

interface Failed {
  readonly failure: RebuildFailure;
  /** It would hit the next index as well. */
  readonly endsAll: boolean;
}

/** No lock, no time, no room, a standby, no server. */
const ENDS_ALL = ['55P03', '57014', '53100', '53200', '25006', '57P01', '57P02', '57P03'];

/** The index was removed while the others were rebuilt. */
const GONE = ['42704', '42P01'];

interface Statement {
  readonly sql: string;
  readonly index?: string;
  readonly deadline: number;
}

const failureOf = async (
  session: Session,
  { sql, index, deadline }: Statement,
): Promise<Failed | undefined> => {
  try {
    const left = Math.max(1, deadline - Date.now());
    await session.rows(z.unknown(), `SET statement_timeout = '${left}ms'`);
    await session.rows(z.unknown(), sql);
    return undefined;
  } catch (error) {
    const code = codeBehind(error);
    if (code === undefined || code.startsWith('E')) throw error;
    if (index !== undefined && GONE.includes(code)) return undefined;
    const reason = reasonOf(code, error);
    return {
      failure: index === undefined ? { reason } : { index, reason },
      endsAll: ENDS_ALL.includes(code),
    };
  }
};

const WORDS: Readonly<Record<string, string>> = {
  '23505':
    'two rows have the same value in what must be unique; they came in while the order was wrong. Remove one of them',
  '55P03': 'somebody kept a table locked for too long: is a backup, an import or a migration running?',
  '57014': 'there was no time left, or somebody cancelled it',
  '53100': 'the disk of the database is full: an index is built beside the old one',
};

/** Without the detail, which holds what people have entered. */
const reasonOf = (code: string, error: unknown): string => {
  const { cause } = Object(error) as { cause?: unknown };
  const said = cause instanceof Object && 'message' in cause ? String(cause.message) : String(error);
  const words = WORDS[code];
  return words === undefined ? said : `${words} (${said})`;
};
