import type { Delivery, Figures } from '@nocodb-backup/messaging';

const PAUSE_MS = 1000;

/** Tells how many bytes of how many have been read, once a second at most. */
export class ToldBytes {
  private bytes = 0;
  private toldAt = -Infinity;

  constructor(
    private readonly part: string,
    private readonly progress: Delivery['progress'],
    /** As far as it is known beforehand. */
    private readonly total: number,
  ) {}

  get sum(): number {
    return this.bytes;
  }

  add(bytes: number, more: Figures = {}): void {
    this.bytes += bytes;
    if (performance.now() - this.toldAt < PAUSE_MS) return;
    this.toldAt = performance.now();
    this.progress({
      part: this.part,
      bytes: this.bytes,
      bytesTotal: Math.max(this.bytes, this.total),
      ...more,
    });
  }
}
