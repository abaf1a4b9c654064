const MIB = 1024 * 1024;
/** Less is not worth a block. */
const smallest = MIB;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Memory for what is on its way to a bucket, shared by all that goes there: never more than `limit` bytes of it at once, unless one
 * part alone is larger. Blocks are used again, as garbage of this size is collected late.
 */
export class PartMemory {
  private used = 0;
  private readonly queue: Waiting[] = [];
  /** An idle process holds none of them for long. */
  private readonly spare: WeakRef<Buffer>[] = [];

  constructor(
    private readonly blockBytes: number,
    private readonly limit: number,
  ) {}

  /** At least so many bytes, once there is room, in the order of asking; to be given back, or dropped, once. */
  async take(bytes: number, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    const size = bytes > smallest && bytes <= this.blockBytes ? this.blockBytes : bytes;
    if (this.queue.length > 0 || !this.fits(size)) await this.room(size, signal);
    else this.used += size;
    return this.spared(size) ?? Buffer.allocUnsafeSlow(size);
  }

  /** To be used again. */
  give(block: Buffer): void {
    if (block.length === this.blockBytes) this.spare.push(new WeakRef(block));
    this.drop(block);
  }

  /** Not to be used again, as a request that has failed may still read it. */
  drop(block: Buffer): void {
    this.used -= block.length;
    for (let next = this.queue[0]; next && this.fits(next.bytes); next = this.queue[0]) {
      this.queue.shift();
      this.used += next.bytes;
      next.go();
    }
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.limit;
  }

  /** Waits until the bytes are counted as used. */
  private room(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const go = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const waiting = { bytes, go };
      this.queue.push(waiting);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  private spared(bytes: number): Buffer | undefined {
    if (bytes !== this.blockBytes) return undefined;
    for (let one = this.spare.pop(); one; one = this.spare.pop()) {
      const block = one.deref();
      if (block) return block;
    }
    return undefined;
  }
}
