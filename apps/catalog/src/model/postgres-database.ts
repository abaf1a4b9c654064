import { DataSource } from 'typeorm';
import type { CatalogDatabase, Lead } from './catalog-database.js';
import { entitiesFor } from './entities.js';
import { FirstTables1795305600000 } from './first-tables.migration.js';
import { type Changes, OvertakenError, type Position, ReadModel } from './read-model.js';
import { connectedClient } from './postgres-client.js';
import { upsertStatement } from './postgres-upsert.js';
import type { TableName } from './rows.js';

const SCHEMA = 'nocodb_backup_catalog';
const SHADOW = `${SCHEMA}_next`;
/** Of the catalog's advisory lock, which is each database's own. */
const LOCK = 4_950_221_122;

/** Tables in a schema of their own of a PostgreSQL database, which several catalogs may share. */
export const postgresDatabase = (url: string): CatalogDatabase => {
  let reading: Promise<ReadModel> | undefined;
  const current = async (): Promise<ReadModel> => {
    reading ??= openModel(url, SCHEMA);
    try {
      return await reading;
    } catch (error) {
      reading = undefined;
      throw error;
    }
  };
  return {
    kind: 'postgres',
    current,
    lead: () => leadOf(url),
    close: async () => {
      await (await reading?.catch(() => undefined))?.close();
    },
  };
};

const leadOf = async (url: string): Promise<Lead | undefined> => {
  const lost = new AbortController();
  const client = await connectedClient(url, () => {
    lost.abort(new Error('the connection that holds the right to write the catalog broke'));
  });
  try {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
    if (!rows[0]?.mine) {
      await client.end();
      return undefined;
    }
    await migrated(url, SCHEMA, (sql) => client.query(sql));
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  return {
    lost: lost.signal,
    shadow: async () => {
      await client.query(`drop schema if exists ${SHADOW} cascade`);
      await migrated(url, SHADOW, (sql) => client.query(sql));
      return openModel(url, SHADOW);
    },
    promote: async (shadow) => {
      await shadow.close();
      await client.query(
        `begin; drop schema ${SCHEMA} cascade; alter schema ${SHADOW} rename to ${SCHEMA}; commit`,
      );
    },
    release: () => client.end().catch(() => undefined),
  };
};

const migrated = async (
  url: string,
  schema: string,
  query: (sql: string) => Promise<unknown>,
): Promise<void> => {
  await query(`create schema if not exists ${schema}`);
  const data = await dataSource(url, schema).initialize();
  try {
    await data.runMigrations({ transaction: 'all' });
  } finally {
    await data.destroy();
  }
};

const dataSource = (url: string, schema: string): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    entities: entitiesFor('postgres'),
    migrations: [FirstTables1795305600000],
    logging: false,
    installExtensions: false,
    connectTimeoutMS: 5000,
    poolSize: 5,
    poolErrorHandler: () => undefined,
    applicationName: 'nocodb-backup catalog',
    // Names without a schema mean this one, also in migrations; the shadow becomes the real one by its name.
    extra: { options: `-c search_path=${schema}`, statement_timeout: 60_000 },
  });

const openModel = async (url: string, schema: string): Promise<ReadModel> => {
  const data = await dataSource(url, schema).initialize();
  return new ReadModel(data, (changes, from) => write(data, changes, from));
};

const write = (data: DataSource, changes: Changes, from: Position | undefined): Promise<void> =>
  data.transaction(async (manager) => {
    const [row] = await manager.query<{ place: string }[]>(
      `select "sequence" || ' ' || "event_id" as place from "checkpoint" for update`,
    );
    if (row?.place !== (from && `${from.sequence} ${from.eventId}`))
      throw new OvertakenError('another catalog has written to the database');
    for (const [name, rows] of Object.entries(changes))
      if (rows.length > 0) await manager.query(upsertStatement(name as TableName), [jsonOf(rows)]);
  });

/** PostgreSQL keeps neither NUL nor half a character; whoever brought them into the log must not stop the catalog. */
const jsonOf = (rows: readonly object[]): string => {
  const json = JSON.stringify(rows);
  return /\\u(?:0000|d[89a-f])/i.test(json)
    ? JSON.stringify(rows, (_, value: unknown) => storable(value))
    : json;
};

const storable = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
