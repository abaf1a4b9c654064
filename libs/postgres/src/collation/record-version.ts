import { z } from 'zod';
import type { Session } from '../session.js';
import { identifier } from '../sql.js';
import type { CollationDrift } from './collation-state.js';

/** Records the library's version of now; only to be called once every index is rebuilt. */
export const recordVersion = async (session: Session, drift: CollationDrift): Promise<void> => {
  await session.rows(z.unknown(), recordingSql(drift));
};

/** The statement that records it. From or to no version REFRESH answers "invalid collation version change". */
export const recordingSql = ({ of, oid, name, recorded, actual }: CollationDrift): string => {
  const isRefreshable = recorded !== null && actual !== null;
  if (of === 'database')
    return isRefreshable
      ? `ALTER DATABASE ${identifier(name)} REFRESH COLLATION VERSION`
      : `UPDATE pg_catalog.pg_database SET datcollversion = pg_database_collation_actual_version(oid) WHERE oid = ${oid}`;
  return isRefreshable
    ? `ALTER COLLATION ${name} REFRESH VERSION`
    : `UPDATE pg_catalog.pg_collation SET collversion = pg_collation_actual_version(oid) WHERE oid = ${oid}`;
};
