import { service, VaultSettings } from '@nocodb-backup/service';
import { DirectoryVault } from '@nocodb-backup/vault';
import { Uploader } from './uploader.js';

/** The vault's write side: moves what the parts left to its place, and seals it with the manifest. */
export const uploader = service({
  name: 'uploader',
  config: VaultSettings,
  controllers: [Uploader],
  providers: ({ NOCODB_BACKUP_DIR }) => [
    { provide: DirectoryVault, useFactory: () => new DirectoryVault(NOCODB_BACKUP_DIR) },
  ],
});
