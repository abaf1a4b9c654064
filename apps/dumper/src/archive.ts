/** A tar archive in the making. The figures are final when `tar` has ended well. */
export interface Archive {
  /** The uncompressed archive. The iteration throws when the directory could not be archived whole. */
  readonly tar: AsyncIterable<Uint8Array>;
  /** Everything but directories. */
  readonly files: () => number;
  /** What changed or vanished while it was read. */
  readonly warnings: () => readonly string[];
}

/** How an archive of a directory is made. The program, or whatever it is, is gone when the iteration of `tar` is over. */
export type Archiver = (directory: string, signal: AbortSignal) => Archive;
