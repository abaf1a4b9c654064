export { DirectoryVault } from './directory-vault.js';
export { DiskFullError } from './disk-error.js';
export { jsonLines } from './json-lines.js';
export { openBackup } from './open-backup.js';
export type {
  StoredBackup,
  StoredBase,
  StoredLink,
  StoredRow,
  StoredTable,
  VerifyOptions,
} from './stored-backup.js';
export type { BackupList, Staging, StoredFile, Vault, VaultReader } from './vault.js';
