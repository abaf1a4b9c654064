import type { Destination } from '@nocodb-backup/events';
import {
  DirectoryVault,
  type S3Settings,
  s3VaultOf,
  type Surroundings,
  type VaultReader,
} from '@nocodb-backup/vault';

/** A place that is searched for backups, under the name that the log gives it. */
export interface ImportPlace {
  readonly name: Destination;
  readonly reader: VaultReader & Surroundings;
}

/** All places that this service can search, the nearest first. */
export class ImportPlaces {
  constructor(readonly all: readonly ImportPlace[]) {}
}

/** The places that the variables name. */
export const importPlacesOf = (
  settings: S3Settings & { readonly NOCODB_BACKUP_DIR: string },
): readonly ImportPlace[] => {
  const bucket = s3VaultOf(settings);
  return [
    { name: 'local', reader: new DirectoryVault(settings.NOCODB_BACKUP_DIR) },
    ...(bucket ? [{ name: 's3', reader: bucket } as const] : []),
  ];
};
