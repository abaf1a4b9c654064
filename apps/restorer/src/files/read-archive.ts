import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { DamagedPackError, unpacked } from '@nocodb-backup/compression';
import { Parser, type ReadEntry } from 'tar';

/** Thrown when an archive is no whole tar archive, packed as its name says. */
export class DamagedArchiveError extends Error {
  override readonly name = 'DamagedArchiveError';
}

export interface Reading {
  /** Its name, which tells how it is packed. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Called for one entry after the other; what it does not read of an entry is skipped. */
  readonly visit: (entry: ReadEntry) => Promise<void>;
}

/** Reads a packed tar archive entry by entry and answers with its uncompressed bytes. Rejects with a DamagedArchiveError, or what `visit` threw. */
export const readArchive = async (archive: Readable, { path, signal, visit }: Reading): Promise<number> => {
  const ending = new AbortController();
  const tar = new Entries(visit, (error) => {
    ending.abort(error);
  });
  try {
    const both = AbortSignal.any([signal, ending.signal]);
    await tar.read(unpacked(archive, { path, signal: both }), both);
    return tar.bytes;
  } catch (error) {
    ending.abort(error);
    await tar.idle();
    signal.throwIfAborted();
    throw damaged(ending.signal.reason);
  }
};

/** The entries of a tar stream, visited one after the other. */
class Entries {
  bytes = 0;
  private isWhole = false;
  private isOver = false;
  private current: ReadEntry | undefined;
  private visited = Promise.resolve();
  private readonly parser = new Parser({ strict: true });

  constructor(
    private readonly visit: Reading['visit'],
    private readonly fail: (error: unknown) => void,
  ) {
    this.parser.on('error', fail);
    this.parser.on('eof', () => (this.isWhole = true));
    this.parser.on('entry', (entry: ReadEntry) => {
      this.add(entry);
    });
    this.parser.on('ignoredEntry', (entry: ReadEntry) => {
      if (entry.meta) fail(new DamagedArchiveError('a header is absurdly large'));
      else this.add(entry);
    });
  }

  async read(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    for await (const chunk of chunks) {
      this.bytes += chunk.length;
      if (!this.parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)))
        await once(this.parser, 'drain', { signal });
      signal.throwIfAborted();
    }
    const ended = once(this.parser, 'end', { signal });
    this.parser.end();
    await ended;
    await this.visited;
    signal.throwIfAborted();
    if (!this.isWhole) throw new DamagedArchiveError(`it ends after ${this.bytes} bytes without an end mark`);
  }

  /** Resolves when no entry is being visited any more. */
  async idle(): Promise<void> {
    this.isOver = true;
    // Its reader would wait for ever; like this it finds the entry too short.
    this.current?.end();
    await this.visited.catch(() => undefined);
  }

  private add(entry: ReadEntry): void {
    this.visited = this.visited.then(async () => {
      if (this.isOver) return;
      this.current = entry;
      await this.visit(entry);
      this.current = undefined;
      entry.resume();
    });
    this.visited.catch(this.fail);
  }
}

const damaged = (error: unknown): unknown => {
  const { tarCode, message } = Object(error) as { tarCode?: unknown; message?: string };
  const isDamage = tarCode !== undefined || error instanceof DamagedPackError;
  return isDamage ? new DamagedArchiveError(message, { cause: error }) : error;
};
