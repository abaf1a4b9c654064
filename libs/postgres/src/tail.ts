/** Keeps the last bytes of a stream, however long it is. */
export class Tail {
  private kept = Buffer.alloc(0);

  constructor(private readonly limit: number) {}

  add(chunk: Uint8Array): void {
    const last = chunk.subarray(Math.max(0, chunk.length - this.limit));
    this.kept = Buffer.concat([this.kept, last]).subarray(-this.limit);
  }

  bytes(): Uint8Array {
    return this.kept;
  }

  text(): string {
    return this.kept.toString('utf8');
  }
}
