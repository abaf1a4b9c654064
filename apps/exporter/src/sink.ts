import type { Artifact } from '@nocodb-backup/events';
import type { Secrecy } from '@nocodb-backup/vault';

/** Where an attempt's artifacts go; the vault's staging is one. */
export interface Sink {
  /** Stores the bytes whole or not at all; after an error of the source nothing is left under `path`. */
  store(path: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Artifact>;
  /** Present where the bytes are encrypted: names must not tell contents then. */
  readonly secrecy?: Secrecy;
}
