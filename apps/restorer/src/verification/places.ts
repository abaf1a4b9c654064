import { DirectoryVault, s3VaultOf, type VaultReader } from '@nocodb-backup/vault';
import type { RestorerConfig } from '../config.js';

/** A place where backups lie, under the name that the log gives it. */
export interface Place {
  readonly name: string;
  readonly reader: VaultReader;
}

/** All places that this service can read, the nearest first. */
export class Places {
  constructor(readonly all: readonly Place[]) {}
}

/** The places that the variables name. */
export const placesOf = (config: RestorerConfig): Place[] => {
  const bucket = s3VaultOf(config);
  return [
    { name: 'local', reader: new DirectoryVault(config.NOCODB_BACKUP_DIR) },
    ...(bucket ? [{ name: 's3', reader: bucket }] : []),
  ];
};
