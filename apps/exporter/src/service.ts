import { service } from '@nocodb-backup/service';
import { stagingPlaceOf, StagingPlace } from '@nocodb-backup/vault';
import { ExporterConfig } from './config.js';
import { Exporter } from './exporter.js';
import { Source } from './source.js';

/** Bases, tables, records, links and attachments over NocoDB's REST API. */
export const exporter = service({
  name: 'exporter',
  config: ExporterConfig,
  controllers: [Exporter],
  providers: (config) => [
    { provide: Source, useFactory: () => new Source(config) },
    { provide: StagingPlace, useFactory: () => stagingPlaceOf(config) },
  ],
  slots: ({ NOCODB_BACKUP_EXPORT_CONCURRENCY }) => ({ tables: NOCODB_BACKUP_EXPORT_CONCURRENCY }),
});
