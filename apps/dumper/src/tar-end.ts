const BLOCK = 512;

/** Watches a tar archive pass by: how long it is, and whether it ends as an archive ends. */
export class TarEnd {
  bytes = 0;
  private zeros = 0;

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const last = chunk.findLastIndex((byte) => byte !== 0);
    this.zeros = last === -1 ? this.zeros + chunk.length : chunk.length - 1 - last;
  }

  /** Two blocks of zeros end an archive; one that was cut short lacks them. */
  isWhole(): boolean {
    return this.bytes % BLOCK === 0 && this.zeros >= 2 * BLOCK;
  }
}
