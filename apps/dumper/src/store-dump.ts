import { Readable } from 'node:stream';
import { type CompressionFormat, findPacker, type Packer } from '@nocodb-backup/compression';
import type { Artifact } from '@nocodb-backup/events';
import {
  type Client,
  type DatabaseContents,
  dumpDatabase,
  findClient,
  nameOf,
  type PostgresConnection,
  serverFacts,
  type Snapshot,
  withSnapshot,
} from '@nocodb-backup/postgres';
import { tellingEverySecond, type Workplace } from './workplace.js';

export interface DumpSource {
  readonly connection: PostgresConnection;
  readonly timeoutSeconds: number;
  readonly compression: CompressionFormat;
  /** What this machine has, if not given. */
  readonly packer?: Packer;
}

export interface StoredDump {
  readonly artifacts: readonly Artifact[];
  readonly client: Client;
  readonly contents: DatabaseContents;
  /** Uncompressed. */
  readonly sqlBytes: number;
  /** What packed it. */
  readonly codec: string;
}

/** Stores `database.sql.gz`, or `.zst`, and `database.json` with what was in the database at the same instant. */
export const storeDump = async (source: DumpSource, place: Workplace): Promise<StoredDump> => {
  const { connection, timeoutSeconds } = source;
  const { major, sizeBytes } = await serverFacts(connection, { signal: place.signal });
  const client = await findClient('pg_dump', major);
  const packer = source.packer ?? (await findPacker(source.compression));
  using limit = limited(source, place.signal);
  const options = { signal: limit.signal, queryLimit: timeoutSeconds * 1000 };
  return await withSnapshot(connection, options, async (snapshot) => {
    const dump = dumpDatabase(connection, {
      client,
      timeoutSeconds,
      snapshot: snapshot.id,
      signal: limit.signal,
      through: packer.ofProgram,
    });
    const figures = () => ({ bytes: dump.bytes, bytesTotal: sizeBytes });
    const storing = place.staging.store(`database.sql.${packer.extension}`, dump.content, limit.signal);
    const [sql, contents] = await tellingEverySecond(place, figures, bothOf(storing, snapshot, limit));
    const json = await place.staging.store('database.json', Readable.from([jsonOf(contents)]), limit.signal);
    return { artifacts: [sql, json], client, contents, sqlBytes: dump.bytes, codec: packer.codec };
  });
};

/** The dump and the counts go side by side; when one fails, the other is stopped and waited for. */
const bothOf = async (
  storing: Promise<Artifact>,
  snapshot: Snapshot,
  limit: Limit,
): Promise<[Artifact, DatabaseContents]> => {
  const counting = snapshot.contents();
  try {
    return await Promise.all([storing, counting]);
  } catch (error) {
    limit.stop(error);
    await Promise.allSettled([storing, counting]);
    throw error;
  }
};

const jsonOf = (contents: DatabaseContents): Buffer =>
  Buffer.from(
    `${JSON.stringify({ format: 'nocodb-backup-database', version: '1.0', ...contents }, null, 1)}\n`,
  );

interface Limit extends Disposable {
  readonly signal: AbortSignal;
  stop(reason: unknown): void;
}

/** pg_dump keeps its own time; this one is for the counts. Whatever still runs when the work is over is stopped. */
const limited = ({ connection, timeoutSeconds }: DumpSource, signal: AbortSignal): Limit => {
  const controller = new AbortController();
  const stop = (reason: unknown) => {
    controller.abort(reason);
  };
  const message =
    `counting the rows of ${nameOf(connection)} took longer than ${timeoutSeconds} seconds: ` +
    'raise NOCODB_BACKUP_DATABASE_DUMP_TIMEOUT';
  const timer = setTimeout(
    () => {
      stop(new Error(message));
    },
    timeoutSeconds * 1000 + 2000,
  );
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    stop,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      stop(new Error('the dump is over'));
    },
  };
};
