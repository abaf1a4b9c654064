/**
 * The lines of a text, one at a time and without their ends. Throws for a line of more than `limit` bytes, and for a last one
 * without an end: the text is cut short.
 */
export async function* linesOf(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  const add = (piece: Uint8Array) => {
    bytes += piece.byteLength;
    if (bytes > limit) throw new Error(`a line has more than ${limit} bytes`);
    pieces.push(piece);
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      yield Buffer.concat(pieces).toString('utf8');
      [pieces, bytes, start] = [[], 0, end + 1];
    }
    add(chunk.subarray(start));
  }
  if (bytes > 0) throw new Error('the last line has no end');
}

const NEWLINE = 0x0a;
