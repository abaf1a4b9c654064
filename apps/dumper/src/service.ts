import { service } from '@nocodb-backup/service';
import { stagingPlaceOf, StagingPlace } from '@nocodb-backup/vault';
import { DumperConfig } from './config.js';
import { Dumper } from './dumper.js';
import { Source } from './source.js';

/** The PostgreSQL dump and the archive of the data directory. */
export const dumper = service({
  name: 'dumper',
  config: DumperConfig,
  controllers: [Dumper],
  providers: (config) => [
    { provide: Source, useFactory: () => new Source(config) },
    { provide: StagingPlace, useFactory: () => stagingPlaceOf(config) },
  ],
});
