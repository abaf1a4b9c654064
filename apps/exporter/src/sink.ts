import type { Artifact } from '@nocodb-backup/events';

/** Where an attempt's artifacts go; the vault's staging is one. */
export interface Sink {
  /** Stores the bytes whole or not at all; after an error of the source nothing is left under `path`. */
  store(path: string, source: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Artifact>;
}
