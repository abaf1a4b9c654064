import { encryptingPlace } from './age/encrypting-place.js';
import { type EncryptionSettings, readershipOf } from './age/encryption-settings.js';
import { DirectoryVault } from './directory-vault.js';
import { FirstOf } from './first-of.js';
import { s3ConnectionOf, type S3Settings } from './s3/s3-settings.js';
import { S3Vault } from './s3/s3-vault.js';
import type { StagingPlace } from './staging-place.js';

interface Settings extends S3Settings {
  readonly NOCODB_BACKUP_DIR: string;
  readonly NOCODB_BACKUP_STAGING?: 'local' | 's3';
}

/** The bucket that the settings name, or undefined. */
export const s3VaultOf = (settings: S3Settings): S3Vault | undefined => {
  const connection = s3ConnectionOf(settings);
  return connection && new S3Vault(connection);
};

/** Where the settings let attempts write, encrypted if they say so. Throws when that is a bucket and none is named. */
export const stagingPlaceOf = (settings: Settings & EncryptionSettings): StagingPlace => {
  const readership = readershipOf(settings);
  const place = unencryptedPlaceOf(settings);
  return readership ? encryptingPlace(place, readership) : place;
};

const unencryptedPlaceOf = (settings: Settings): StagingPlace => {
  if (settings.NOCODB_BACKUP_STAGING !== 's3') return new DirectoryVault(settings.NOCODB_BACKUP_DIR);
  const bucket = s3VaultOf(settings);
  if (bucket) return bucket;
  throw new Error('NOCODB_BACKUP_STAGING=s3 needs a bucket: set NOCODB_BACKUP_S3_BUCKET');
};

/** Where backups are read: the directory first, then the bucket, if the settings name one. */
export const vaultReaderOf = (settings: Settings): FirstOf => {
  const bucket = s3VaultOf(settings);
  return new FirstOf([new DirectoryVault(settings.NOCODB_BACKUP_DIR), ...(bucket ? [bucket] : [])]);
};
