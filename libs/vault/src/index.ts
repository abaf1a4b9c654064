export { DirectoryVault } from './directory-vault.js';
export { DiskFullError } from './disk-error.js';
export { jsonLines } from './json-lines.js';
export type { BackupList, Staging, Vault, VaultReader } from './vault.js';
