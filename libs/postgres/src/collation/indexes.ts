import { z } from 'zod';
import type { Session } from '../session.js';

/** An index that can be rebuilt. */
export const Index = z.object({
  /** As SQL writes it. */
  name: z.string(),
  /** Another one once it was rebuilt. */
  identity: z.string(),
  /** Of an exclusion constraint: it cannot be rebuilt CONCURRENTLY. */
  isExclusion: z.boolean(),
});
export type Index = z.infer<typeof Index>;

/** All valid indexes of people's tables. The system's own order text by bytes, whatever the library. */
export const rebuildableIndexes = (session: Session): Promise<Index[]> => session.rows(Index, INDEXES);

/** Those of `before` that were not rebuilt since. */
export const untouchedOf = async (session: Session, before: readonly Index[]): Promise<Index[]> => {
  const known = new Set(before.map(({ identity }) => identity));
  return (await rebuildableIndexes(session)).filter(({ identity }) => known.has(identity));
};

const INDEXES = `
  SELECT format('%I.%I', nspname, relname) AS name, c.oid || ':' || relfilenode AS identity, indisexclusion AS "isExclusion"
    FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
   WHERE indisvalid AND relkind = 'i' AND relpersistence <> 't' AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   ORDER BY pg_relation_size(c.oid), 1`;
