import { DataSource } from 'typeorm';
import type { SqljsDriver } from 'typeorm/driver/sqljs/SqljsDriver.js';
import type { CatalogDatabase } from './catalog-database.js';
import { columnName, columns, entitiesFor } from './entities.js';
import { FirstTables1795305600000 } from './first-tables.migration.js';
import { type Changes, OvertakenError, type Position, ReadModel } from './read-model.js';
import type { TableName } from './rows.js';

type Cell = string | number | null;

interface Statement {
  run(values: Cell[]): void;
  free(): boolean;
}

/** What is used of sql.js. */
interface Sqlite {
  exec(sql: string): { values: unknown[][] }[];
  run(sql: string): unknown;
  prepare(sql: string): Statement;
}

/** Tables in the memory of this process: built from the log in seconds, gone when it ends. */
export const memoryDatabase = async (): Promise<CatalogDatabase> => {
  let current = await emptyModel();
  const { signal } = new AbortController();
  const lead = {
    lost: signal,
    shadow: emptyModel,
    promote: async (shadow: ReadModel) => {
      const old = current;
      current = shadow;
      await old.close();
    },
    release: () => Promise.resolve(),
  };
  return {
    kind: 'memory',
    current: () => Promise.resolve(current),
    lead: () => Promise.resolve(lead),
    close: () => current.close(),
  };
};

const emptyModel = async (): Promise<ReadModel> => {
  const data = new DataSource({
    type: 'sqljs',
    entities: entitiesFor('sqljs'),
    migrations: [FirstTables1795305600000],
    logging: false,
  });
  await data.initialize();
  await data.runMigrations({ transaction: 'all' });
  const sqlite = (data.driver as SqljsDriver).databaseConnection as Sqlite;
  sqlite.run('pragma journal_mode = memory');
  // All at once, without giving way: whoever reads has the same connection, and would see half of it.
  return new ReadModel(data, (changes, from) =>
    Promise.resolve().then(() => {
      write(sqlite, changes, from);
    }),
  );
};

const write = (sqlite: Sqlite, changes: Changes, from: Position | undefined): void => {
  sqlite.run('begin');
  try {
    const [found] = sqlite.exec('select "sequence", "event_id" from "checkpoint"');
    const [sequence, eventId] = found?.values[0] ?? [];
    if (sequence !== from?.sequence || eventId !== from?.eventId)
      throw new OvertakenError('somebody else has written to the tables in memory');
    for (const [name, rows] of Object.entries(changes)) upsert(sqlite, name as TableName, rows);
    sqlite.run('commit');
  } catch (error) {
    sqlite.run('rollback');
    throw error;
  }
};

const upsert = (sqlite: Sqlite, name: TableName, rows: readonly object[]): void => {
  const properties = Object.keys(columns[name]);
  const names = properties.map((property) => `"${columnName(property)}"`).join(', ');
  const statement = sqlite.prepare(
    `insert or replace into "${name}" (${names}) values (${properties.map(() => '?').join(', ')})`,
  );
  try {
    for (const row of rows)
      statement.run(properties.map((property) => cell((row as Record<string, unknown>)[property])));
  } finally {
    statement.free();
  }
};

const cell = (value: unknown): Cell => (typeof value === 'boolean' ? Number(value) : (value as Cell));
