import { service } from '@nocodb-backup/service';
import { DirectoryVault, FirstOf, s3VaultOf, vaultReaderOf } from '@nocodb-backup/vault';
import { RestorerConfig } from './config.js';
import { Downloader, Transfer } from './downloader.js';
import { Importer } from './import/importer.js';
import { ImportPlaces, importPlacesOf } from './import/import-places.js';
import { Restorer } from './restorer.js';
import { Target } from './target.js';
import { placesOf, Places } from './verification/places.js';
import { Verifier } from './verifier.js';

/** The vault's read side: databases, files, tables, records and attachments are put back. */
export const restorer = service({
  name: 'restorer',
  config: RestorerConfig,
  controllers: [Restorer, Verifier, Downloader, Importer],
  providers: (config) => [
    { provide: Target, useFactory: () => new Target(config) },
    { provide: Places, useFactory: () => new Places(placesOf(config)) },
    {
      provide: Transfer,
      useFactory: () => new Transfer(s3VaultOf(config), new DirectoryVault(config.NOCODB_BACKUP_DIR)),
    },
    { provide: ImportPlaces, useFactory: () => new ImportPlaces(importPlacesOf(config)) },
    { provide: FirstOf, useFactory: () => vaultReaderOf(config) },
  ],
});
