import { type PostgresConnection, type Session, withSession } from '@nocodb-backup/postgres';
import { type Column, NocoDbError, type Table } from '@nocodb-backup/nocodb';
import { z } from 'zod';
import type { RecordTarget } from './record-target.js';

type Place = Omit<RecordTarget, 'limit'>;

const Found = z.object({ relation: z.string(), sequence: z.string() });
const Rows = z.object({ count: z.coerce.number() });
const Value = z.object({ value: z.coerce.number() });

/**
 * Makes the database hand out ids behind `max` from now on, and says whether that was done: not where DATABASE_* does not lead to
 * the table that NocoDB's API writes to, or the role may not. Never moves it back.
 */
export const movedInDatabase = async (place: Place, max: number): Promise<boolean> =>
  (await inDatabase(place, async (session, { sequence }) => {
    const sql =
      `select setval(${literal(sequence)}::regclass, ${max}) as value from ${sequence} ` +
      `where last_value < ${max} or (not is_called and last_value <= ${max})`;
    await session.rows(Value, sql);
    return true;
  })) ?? false;

/** Takes `count` ids in a row out of the sequence, which are nobody else's then: the first of them; undefined as above. */
export const takenInDatabase = async (place: Place, count: number): Promise<number | undefined> =>
  inDatabase(place, async (session, { relation, sequence }) => {
    const None = z.unknown();
    await session.rows(None, 'begin');
    // Nobody inserts between reading the sequence and moving it.
    await session.rows(None, `lock table ${relation} in share row exclusive mode`);
    const [first] = await session.rows(
      Value,
      `select greatest((select max(${quoted(place.key)}) from ${relation}), ` +
        `(select case when is_called then last_value else 0 end from ${sequence}), 0) + 1 as value`,
    );
    const value = first?.value ?? 1;
    await session.rows(None, `select setval(${literal(sequence)}::regclass, ${value + count - 1})`);
    await session.rows(None, 'commit');
    return value;
  });

type Work<Result> = (session: Session, found: z.output<typeof Found>) => Promise<Result>;

/** Undefined when the table is not there, or is another one than that of the API. */
const inDatabase = async <Result>(place: Place, work: Work<Result>): Promise<Result | undefined> => {
  const { target, table, signal } = place;
  const counted = await target.api.count(table.id, undefined, signal);
  try {
    return await withSession(connectionOf(place), { signal }, async (session) => {
      const [found] = await session.rows(Found, sequenceSql(place));
      if (found === undefined) return undefined;
      const [rows] = await session.rows(Rows, `select count(*) as count from ${found.relation}`);
      return rows?.count === counted ? await work(session, found) : undefined;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NocoDbError) throw error;
    return undefined;
  }
};

const connectionOf = ({ target }: Place): PostgresConnection => target.database;

/** The table by its id, so that another NocoDB's table of the same name is not taken for it. */
const sequenceSql = ({ table, key }: Place): string => {
  const column = literal(nameOf(key));
  return (
    'select c.oid::regclass::text as relation, ' +
    `pg_get_serial_sequence(c.oid::regclass::text, ${column}) as sequence ` +
    'from pg_class c join pg_namespace n on n.oid = c.relnamespace ' +
    `where c.relname = ${literal(String(table.table_name))} and n.nspname in (${literal(baseOf(table))}, 'public') ` +
    `and exists (select 1 from nc_models_v2 where id = ${literal(table.id)}) ` +
    `and pg_get_serial_sequence(c.oid::regclass::text, ${column}) is not null ` +
    `order by n.nspname = 'public' limit 1`
  );
};

const baseOf = ({ base_id: id }: Table): string => String(id);
const nameOf = ({ column_name: name }: Column): string => String(name);
const quoted = (column: Column): string => `"${nameOf(column).replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
