/** A larger item is no record of any table, and would not fit into a string. */
const ITEM_LIMIT = 256 * 1024 * 1024;

/**
 * The items of a JSON array, one at a time, however it is laid out: in memory are a chunk and an item, never the array.
 * Throws a SyntaxError for what is no JSON array, also for one that is cut short.
 */
export async function* jsonItems(source: AsyncIterable<Uint8Array>): AsyncGenerator {
  const scan: Scan = { depth: 0, quoted: 'no', isClosed: false };
  const piece = new Piece();
  let count = 0;
  for await (const { buffer, byteOffset, byteLength } of source) {
    const chunk = Buffer.from(buffer, byteOffset, byteLength);
    let start = 0;
    for (const cut of cutsIn(chunk, scan)) {
      piece.add(chunk.subarray(start, cut));
      start = cut + 1;
      const text = piece.take();
      if (chunk[cut] === OPEN) assertBlank(text);
      else if (!scan.isClosed || count > 0 || text.trim() !== '') {
        count++;
        yield JSON.parse(text) as unknown;
      }
    }
    piece.add(chunk.subarray(start));
  }
  if (!scan.isClosed) throw new SyntaxError('the array is cut short: it has no end');
  assertBlank(piece.take());
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

interface Scan {
  depth: number;
  quoted: 'no' | 'yes' | 'escaped';
  isClosed: boolean;
}

/** Where the array opens, where an item ends, and where the array closes. What lies between is for JSON.parse to judge. */
function* cutsIn(chunk: Buffer, scan: Scan): Generator<number> {
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at] ?? 0;
    if (scan.quoted !== 'no') scan.quoted = quotedAfter(byte, scan.quoted);
    else if (byte === QUOTE) scan.quoted = 'yes';
    else if (byte === COMMA ? scan.depth === 1 : isCut(byte, scan)) yield at;
  }
}

const quotedAfter = (byte: number, quoted: Scan['quoted']): Scan['quoted'] => {
  if (quoted === 'escaped') return 'yes';
  if (byte === BACKSLASH) return 'escaped';
  return byte === QUOTE ? 'no' : 'yes';
};

const isCut = (byte: number, scan: Scan): boolean => {
  if (byte === OPEN || byte === OPEN_OBJECT) return opens(byte, scan);
  return (byte === CLOSE || byte === CLOSE_OBJECT) && closes(byte, scan);
};

const opens = (byte: number, scan: Scan): boolean => {
  if (scan.depth === 0 && (scan.isClosed || byte !== OPEN)) throw notAnArray();
  return ++scan.depth === 1;
};

const closes = (byte: number, scan: Scan): boolean => {
  if (--scan.depth > 0) return false;
  if (scan.depth < 0 || byte !== CLOSE) throw notAnArray();
  return (scan.isClosed = true);
};

const assertBlank = (text: string): void => {
  if (text.trim() !== '') throw notAnArray();
};

const notAnArray = () => new SyntaxError('it is not one JSON array');

/** What was read of an item so far, which may begin in one chunk and end in a later one. */
class Piece {
  private chunks: Buffer[] = [];
  private bytes = 0;

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > ITEM_LIMIT) throw new SyntaxError(`an item has more than ${ITEM_LIMIT} bytes`);
    this.chunks.push(chunk);
  }

  take(): string {
    const text = Buffer.concat(this.chunks).toString('utf8');
    this.chunks = [];
    this.bytes = 0;
    return text;
  }
}
