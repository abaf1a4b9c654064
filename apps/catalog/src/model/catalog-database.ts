import type { ReadModel } from './read-model.js';

/** Where the tables of the catalog are. */
export interface CatalogDatabase {
  readonly kind: 'postgres' | 'memory';
  /** What can be read now. Throws when the database cannot be reached. */
  current(): Promise<ReadModel>;
  /** The right to write, which one replica has at a time; undefined while another has it. */
  lead(): Promise<Lead | undefined>;
  close(): Promise<void>;
}

/** The right to write. */
export interface Lead {
  /** Aborts when it is lost, such as with the connection. */
  readonly lost: AbortSignal;
  /** Makes new, empty tables beside those that are read. */
  shadow(): Promise<ReadModel>;
  /** Puts the shadow in the place of the tables that are read, all at once. */
  promote(shadow: ReadModel): Promise<void>;
  release(): Promise<void>;
}
