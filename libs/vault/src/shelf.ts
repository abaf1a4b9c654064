import type { VaultReader } from './vault.js';

/** One backup in a vault. */
export interface Shelf {
  readonly vault: VaultReader;
  readonly backupId: string;
}
