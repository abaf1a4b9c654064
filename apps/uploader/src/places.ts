import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DirectoryVault, type S3Vault, s3VaultOf } from '@nocodb-backup/vault';
import type { UploaderConfig } from './config.js';

/** Where parts are staged, and where backups go. */
@Injectable()
export class Places implements OnModuleDestroy {
  readonly staging: 'local' | 's3';
  readonly local: DirectoryVault;
  /** Undefined when no bucket is named. */
  readonly bucket: S3Vault | undefined;
  /** Whether a backup that is sealed in the bucket is sealed here, too. */
  readonly keepsLocal: boolean;

  constructor(config: UploaderConfig) {
    this.staging = config.NOCODB_BACKUP_STAGING;
    this.local = new DirectoryVault(config.NOCODB_BACKUP_DIR);
    this.bucket = s3VaultOf(config);
    this.keepsLocal = this.staging === 'local' && !config.NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3;
  }

  onModuleDestroy(): void {
    this.bucket?.close();
  }
}
