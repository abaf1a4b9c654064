import type { Packed, Packer } from '@nocodb-backup/compression';

/** A tar archive in the making. The figures are final when its content has ended well. */
export interface Archive {
  /**
   * The packed archive. The iteration of its content throws when the directory could not be archived whole. The program, or whatever
   * archives it, starts with the first read, and is gone when the iteration is over.
   */
  readonly packed: Packed;
  /** Everything but directories. */
  readonly files: () => number;
  /** What changed or vanished while it was read. */
  readonly warnings: () => readonly string[];
}

/** How an archive of a directory is made. */
export type Archiver = (directory: string, packer: Packer, signal: AbortSignal) => Archive;
