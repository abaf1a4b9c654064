import type { Checkpoint } from '@nocodb-backup/messaging';
import type { DataSource, Repository } from 'typeorm';
import { tableNames } from './entities.js';
import type { CheckpointRow, Rows, TableName } from './rows.js';

/** Where a read model stands, and what made it. */
export interface Position extends Checkpoint {
  readonly model: string;
}

/** Rows to write, by table; a row replaces the one with the same key. */
export type Changes = { readonly [Name in TableName]?: readonly Rows[Name][] };

/** Thrown when somebody else has written meanwhile: what is known of the read model is not true any more. */
export class OvertakenError extends Error {}

/** Writes rows in one transaction, if the read model stands where `from` says; throws an OvertakenError if it does not. */
export type Write = (changes: Changes, from: Position | undefined) => Promise<void>;

/** The tables of the catalog: one generation of them. */
export class ReadModel {
  constructor(
    private readonly data: DataSource,
    private readonly write: Write,
  ) {}

  rows<Name extends TableName>(name: Name): Repository<Rows[Name]> {
    return this.data.getRepository<Rows[Name]>(name);
  }

  /** Undefined when nothing was written yet. */
  async position(): Promise<Position | undefined> {
    const row = await this.rows('checkpoint').findOneBy({ id: 1 });
    return row
      ? { sequence: row.sequence, eventId: row.eventId, created: row.logCreated, model: row.model }
      : undefined;
  }

  /** Writes what events have changed, and how far that is, or nothing. */
  apply(changes: Changes, from: Position | undefined, to: Position): Promise<void> {
    return this.write({ ...changes, checkpoint: [checkpointRow(to)] }, from);
  }

  /** Every row of every table, in the order of the keys, a line each. */
  async *dump(): AsyncGenerator<string> {
    for (const name of tableNames) {
      const { metadata } = this.rows(name);
      const order = Object.fromEntries(
        metadata.primaryColumns.map(({ propertyName }) => [propertyName, 'ASC']),
      );
      for (const row of await this.data.getRepository(name).find({ order }))
        yield `${name} ${JSON.stringify(metadata.columns.map(({ propertyName }) => row[propertyName] as unknown))}`;
    }
  }

  /** What would have to be done to the tables to make them as the entities say; nothing, or a migration is missing. */
  async differences(): Promise<string[]> {
    const { upQueries } = await this.data.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  }

  async close(): Promise<void> {
    if (this.data.isInitialized) await this.data.destroy();
  }
}

const checkpointRow = ({ sequence, eventId, created, model }: Position): CheckpointRow => ({
  id: 1,
  sequence,
  eventId,
  logCreated: created,
  model,
});
