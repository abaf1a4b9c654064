import { EventLog } from '@nocodb-backup/messaging';
import { service } from '@nocodb-backup/service';
import { Catalog } from './api/catalog.js';
import { CatalogConfig } from './config.js';
import { HttpServer } from './http-server.js';
import { memoryDatabase } from './model/memory-database.js';
import { postgresDatabase } from './model/postgres-database.js';
import { Running } from './running.js';
import { Projector } from './projection/projector.js';

const DATABASE = 'CatalogDatabase';

/** The manifest projection: a read model in SQL, its HTTP API and metrics. */
export const catalog = service({
  name: 'catalog',
  config: CatalogConfig,
  controllers: [],
  providers: (config) => [
    {
      provide: DATABASE,
      useFactory: () =>
        config.CATALOG_DATABASE_URL === undefined
          ? memoryDatabase()
          : postgresDatabase(config.CATALOG_DATABASE_URL),
    },
    {
      provide: Running,
      inject: [EventLog, DATABASE],
      useFactory: (log: EventLog, database: Awaited<ReturnType<typeof memoryDatabase>>) =>
        new Running(new Projector(log, database), database),
    },
    {
      provide: HttpServer,
      inject: [EventLog, Running],
      useFactory: (log: EventLog, { projector, database }: Running) =>
        new HttpServer(new Catalog(database, log, projector), {
          host: config.NOCODB_BACKUP_HTTP_HOST,
          port: config.NOCODB_BACKUP_HTTP_PORT,
          token: config.NOCODB_BACKUP_API_TOKEN,
        }),
    },
  ],
});
