import type { Readable } from 'node:stream';
import { ARGUMENTS, checkTrailer, type Compressor } from './compressors.js';
import { Gauge } from './gauge.js';
import { lineOutput, running } from './line-output.js';
import type { Packed } from './packed.js';
import { counted, RawFigures } from './raw-figures.js';
import { type Command, started, throughProgram } from './through-program.js';

/**
 * Packs what a program puts out. Its output is handed on from process to process, so that only the packed bytes come here: call this in the
 * tick in which that program was started, and read nothing of it.
 */
export const handedOver = (compressor: Compressor, output: Readable, signal: AbortSignal): Packed => {
  const gauge = new Gauge(output);
  const child = started(commandOf(compressor), gauge.output);
  gauge.output.destroy();
  const programs = [running(compressor.name, child), gauge];
  return packed(compressor, gauge, lineOutput(child.stdout, programs, signal));
};

/** Packs what comes by here. */
export const fedFromHere = (
  compressor: Compressor,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Packed => {
  const figures = new RawFigures();
  const content = throughProgram(commandOf(compressor), counted(source, figures), signal);
  return packed(compressor, { figures }, content);
};

const commandOf = ({ name, path }: Compressor): Command => ({ name, path, args: ARGUMENTS[name] });

/** The packed stream, whose own end is held against what was taken in. */
const packed = (
  compressor: Compressor,
  source: { readonly figures: Pick<RawFigures, 'bytes' | 'tail'> },
  content: AsyncIterable<Uint8Array>,
): Packed => ({
  content: checked(compressor, source, content),
  get rawBytes() {
    return source.figures.bytes;
  },
  get rawTail() {
    return source.figures.tail;
  },
});

async function* checked(
  compressor: Compressor,
  source: { readonly figures: Pick<RawFigures, 'bytes' | 'tail'> },
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const stored = new RawFigures();
  yield* counted(content, stored);
  checkTrailer(compressor, stored, source.figures.bytes);
}
