import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Downloads, NocoDb, NocoDbWriter, RecordWriter, Uploads } from '@nocodb-backup/nocodb';
import { connectionOf, type PostgresConnection } from '@nocodb-backup/postgres';
import type { RestorerConfig } from './config.js';

/** The NocoDB that things are put back into. */
@Injectable()
export class Target implements OnModuleDestroy {
  readonly api: NocoDb;
  readonly writer: NocoDbWriter;
  readonly records: RecordWriter;
  /** Into the store of attached files, and out of it. */
  readonly uploads: Uploads;
  readonly downloads = new Downloads();
  readonly database: PostgresConnection;
  /** NocoDB's data directory. */
  readonly directory: string;

  constructor(readonly config: RestorerConfig) {
    const { NOCODB_API_URL: url, NOCODB_API_TOKEN: token } = config;
    this.api = new NocoDb({ url, token });
    this.writer = new NocoDbWriter({ url, token });
    this.records = new RecordWriter({ url, token });
    this.uploads = new Uploads({ url, token });
    this.database = connectionOf(config);
    this.directory = config.NOCODB_DATA_PATH;
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all(
      [this.api, this.writer, this.records, this.uploads, this.downloads].map((one) => one.close()),
    );
  }
}
