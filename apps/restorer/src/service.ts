import { service } from '@nocodb-backup/service';
import { DirectoryVault } from '@nocodb-backup/vault';
import { RestorerConfig } from './config.js';
import { Restorer } from './restorer.js';
import { Target } from './target.js';

/** The vault's read side: databases, files, tables, records and attachments are put back. */
export const restorer = service({
  name: 'restorer',
  config: RestorerConfig,
  controllers: [Restorer],
  providers: (config) => [
    { provide: Target, useFactory: () => new Target(config) },
    { provide: DirectoryVault, useFactory: () => new DirectoryVault(config.NOCODB_BACKUP_DIR) },
  ],
});
