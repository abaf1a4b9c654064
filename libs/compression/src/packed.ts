/** A stream on its way into a smaller one. */
export interface Packed {
  /**
   * The bytes to store. Ends well only when all that was taken in is in them; else the iteration throws. The programs that pack are
   * gone when it is over, however it ends.
   */
  readonly content: AsyncIterable<Uint8Array>;
  /** Bytes taken in so far; of programs it is told twice a second, and final when `content` has ended well. */
  readonly rawBytes: number;
  /** The last bytes that were taken in, 1024 if there were as many. Known when `content` has ended well. */
  readonly rawTail: Uint8Array;
}
