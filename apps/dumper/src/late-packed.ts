import type { Packed } from '@nocodb-backup/compression';

/** What is packed of a program that is started with the first read: until then nothing has passed. */
export class LatePacked implements Packed {
  content: AsyncIterable<Uint8Array> = nothing();
  private begun: Packed | undefined;

  get rawBytes(): number {
    return this.begun?.rawBytes ?? 0;
  }

  get rawTail(): Uint8Array {
    return this.begun?.rawTail ?? Buffer.alloc(0);
  }

  /** The content of what is packed from now on. */
  begin(packed: Packed): AsyncIterable<Uint8Array> {
    this.begun = packed;
    return packed.content;
  }
}

async function* nothing(): AsyncGenerator<never> {
  // Replaced by whoever makes the archive.
}
