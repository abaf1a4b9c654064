import { randomBytes } from 'node:crypto';
import {
  type DatabaseContents,
  databaseNamed,
  disconnect,
  factsOf,
  identifier,
  literal,
  nameOf,
  type Session,
} from '@nocodb-backup/postgres';
import { PermanentError } from '@nocodb-backup/events';
import type { PlannedWork } from '../restoration.js';
import { type Expected, expectedOf } from './expected.js';
import { countedContents, loaded } from './load.js';
import { commentOf } from './mark.js';
import type { Place } from './place.js';
import { surveyed } from './survey.js';

/**
 * Where the role may not make databases: what is in the database is removed and the dump restored in one transaction, in which the
 * rows are counted, too. It is committed after the dump's last line only, so a failure, a damaged dump or our death leave everything
 * as it was. A copy kept aside would have to be moved inside the database, where NocoDB would take it for its own: a backup made
 * before is the better one, and the plan says so.
 */
export const intoSameDatabase = async (
  session: Session,
  place: Place,
  work: PlannedWork,
): Promise<DatabaseContents> => {
  const { connection } = place;
  const { clients } = await surveyed(session, place, work.signal);
  const { major: serverMajor } = await factsOf(session);
  const database = await databaseNamed(session, connection.database);
  if (!database) throw new PermanentError(`${nameOf(connection)} is gone: start the restore again`);
  if (clients.length > 0) await disconnect(session, connection.database);
  const expected = await expectedOf(work.backup);
  const before = `BEGIN; SET LOCAL lock_timeout = '60s';\n${block(REMOVAL)}`;
  const after = [
    ...(expected ? [comparison(expected)] : []),
    // Only an owner may; for another role a killed attempt is simply done again.
    ...(database.isOwned
      ? [`COMMENT ON DATABASE ${identifier(database.name)} IS ${literal(markOf(place))};`]
      : []),
    'COMMIT;',
  ].join('\n');
  await loaded(connection, place, work, { before, after, serverMajor });
  return countedContents(connection, place, work.signal);
};

const markOf = ({ connection, restoreId, backupId }: Place): string =>
  commentOf({
    by: 'nocodb-backup',
    is: 'restored',
    of: connection.database,
    restore: restoreId,
    backup: backupId,
  });

/** Of a tag that nothing in the body can hold. */
const block = (body: string): string => {
  const tag = `$b${randomBytes(8).toString('hex')}$`;
  return `DO ${tag} ${body} ${tag};`;
};

/** Schemas as a whole; of `public`, which may belong to somebody else, what is in it. Extensions and what they made stay. */
const REMOVAL = `
DECLARE
  statement text;
BEGIN
  FOR statement IN
    SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
     WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
  LOOP EXECUTE statement; END LOOP;
  FOR statement IN
    SELECT format('DROP %s IF EXISTS public.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
                  WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, relname)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
     ORDER BY relkind <> 'm', relkind <> 'v', relkind = 'S'
  LOOP EXECUTE statement; END LOOP;
  FOR statement IN
    SELECT format('DROP TYPE IF EXISTS public.%I CASCADE', typname) FROM pg_type
     WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r')
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = pg_type.oid AND deptype = 'e')
  LOOP EXECUTE statement; END LOOP;
  FOR statement IN
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
  LOOP EXECUTE statement; END LOOP;
END`;

const comparison = ({ tables }: Expected): string =>
  block(`
DECLARE
  expected record;
  found bigint;
  differences text[] := '{}';
BEGIN
  FOR expected IN SELECT * FROM jsonb_to_recordset(${literal(JSON.stringify(tables))}::jsonb)
                    AS t(schema text, name text, rows bigint)
  LOOP
    EXECUTE format('SELECT count(*) FROM ONLY %I.%I', expected.schema, expected.name) INTO found;
    IF found <> expected.rows THEN
      differences := differences || format('%s.%s has %s rows, not %s', expected.schema, expected.name, found, expected.rows);
    END IF;
  END LOOP;
  IF cardinality(differences) > 0 THEN
    RAISE EXCEPTION 'the restored database is not what was backed up: %', left(array_to_string(differences, '; '), 800);
  END IF;
END`);
