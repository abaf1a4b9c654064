export {
  EncryptionSettings,
  IdentitySettings,
  readershipOf,
  type Unlocking,
  unlockingOf,
} from './age/encryption-settings.js';
export { isKeyFile } from './age/key-files.js';
export type { Readership } from './age/readership.js';
export type { Recipients } from './age/recipients.js';
export { unopenedRecipients } from './age/unopened-recipients.js';
export { copyBackup, type Copying } from './copy-backup.js';
export { DamageError } from './damage-error.js';
export { type Damage, DamagedBackupError } from './damaged-backup.js';
export { DirectoryVault } from './directory-vault.js';
export { DiskFullError } from './disk-error.js';
export { FirstOf } from './first-of.js';
export { jsonLines } from './json-lines.js';
export { openBackup } from './open-backup.js';
export { type S3Connection, s3ConnectionOf, s3Problems, S3Settings } from './s3/s3-settings.js';
export { Lanes } from './s3/lanes.js';
export { S3Vault } from './s3/s3-vault.js';
export { StagingPlace } from './staging-place.js';
export { s3VaultOf, stagingPlaceOf, vaultReaderOf } from './places.js';
export type {
  StoredBackup,
  StoredBase,
  StoredLink,
  StoredRow,
  StoredTable,
  VerifyOptions,
} from './stored-backup.js';
export type {
  BackupList,
  Disposal,
  Removed,
  Secrecy,
  Staging,
  StoredFile,
  Surroundings,
  Vault,
  VaultReader,
} from './vault.js';
