import { service } from '@nocodb-backup/service';
import { FirstOf, vaultReaderOf } from '@nocodb-backup/vault';
import { RestorerConfig } from './config.js';
import { Restorer } from './restorer.js';
import { Target } from './target.js';
import { placesOf, Places } from './verification/places.js';
import { Verifier } from './verifier.js';

/** The vault's read side: databases, files, tables, records and attachments are put back. */
export const restorer = service({
  name: 'restorer',
  config: RestorerConfig,
  controllers: [Restorer, Verifier],
  providers: (config) => [
    { provide: Target, useFactory: () => new Target(config) },
    { provide: Places, useFactory: () => new Places(placesOf(config)) },
    { provide: FirstOf, useFactory: () => vaultReaderOf(config) },
  ],
});
