import { createHash } from 'node:crypto';
import type { Stored } from '@nocodb-backup/messaging';
import { z } from 'zod';
import { linesOf } from './lines.js';

/** The log takes no larger event; escaped, it may have six times as many bytes. */
const LINE_LIMIT = 64 * 1024 * 1024;

const First = z.object({ format: z.literal('nocodb-backup-log'), version: z.literal(1) });

const subject = z.string().regex(/^evt(\.[^\s.*>]+)+$/);
const place = { sequence: z.int().positive(), time: z.iso.datetime(), subject };
const Entry = z.union([
  z.strictObject({ ...place, traceparent: z.string().optional(), event: z.looseObject({}) }),
  z.strictObject({ ...place, traceparent: z.string().optional(), raw: z.string() }),
]);
const Last = z.strictObject({ events: z.int().nonnegative(), sha256: z.string() });

/** Thrown for a file that is no whole export of a log. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';
}

/** How much was exported. */
export interface Exported {
  readonly events: number;
  /** Of all that precedes the last line. */
  readonly sha256: string;
}

/** The lines of an export, each with its end: what it is, each fact, and last how many there are and their digest. */
export async function* linesOfLog(entries: AsyncIterable<Stored>): AsyncGenerator<string, Exported> {
  const hash = createHash('sha256');
  const line = (content: object): string => {
    const text = `${JSON.stringify(content)}\n`;
    hash.update(text);
    return text;
  };
  let events = 0;
  yield line({ format: 'nocodb-backup-log', version: 1 });
  for await (const { sequence, time, subject, traceparent, payload } of entries) {
    events += 1;
    yield line({ sequence, time, subject, traceparent, ...contentOf(payload) });
  }
  const sha256 = hash.digest('hex');
  yield `${JSON.stringify({ events, sha256 })}\n`;
  return { events, sha256 };
}

/** JSON where it comes out of it byte for byte as it went in; as all that this program writes does. */
const contentOf = (payload: string): { event: object } | { raw: string } => {
  try {
    const event: unknown = JSON.parse(payload);
    if (typeof event === 'object' && event !== null && JSON.stringify(event) === payload) return { event };
  } catch {
    // It is no JSON.
  }
  return { raw: payload };
};

/** The facts of an export in their order. Throws a LogFileError, at the latest at its end, for one that is cut short or changed. */
export async function* entriesOfFile(source: AsyncIterable<Uint8Array>): AsyncGenerator<Stored, Exported> {
  const hash = createHash('sha256');
  let [number, events, sequence] = [0, 0, 0];
  let end: Exported | undefined;
  for await (const text of fileLines(source)) {
    number += 1;
    if (end) throw new LogFileError(`line ${number}: there is more behind the end of the log`);
    const content = parsed(text, number);
    if (number === 1) expected(First, content, number);
    else if (isEnd(content)) end = wholeEnd(expected(Last, content, number), { events, hash });
    else {
      const entry = expected(Entry, content, number);
      if (entry.sequence <= sequence) throw new LogFileError(`line ${number}: it is not in its place`);
      [events, sequence] = [events + 1, entry.sequence];
      yield storedFrom(entry);
    }
    hash.update(`${text}\n`);
  }
  if (end) return end;
  throw new LogFileError(
    `it is cut short after line ${number}: the last line, with count and digest, is missing`,
  );
}

const isEnd = (content: unknown): boolean =>
  typeof content === 'object' && content !== null && 'sha256' in content;

const wholeEnd = (
  end: Exported,
  { events, hash }: { readonly events: number; readonly hash: ReturnType<typeof createHash> },
): Exported => {
  if (end.events !== events)
    throw new LogFileError(
      `it was written with ${end.events} facts, and has ${events}: lines are missing or were added`,
    );
  if (end.sha256 !== hash.copy().digest('hex'))
    throw new LogFileError('it was changed since it was written: its digest is another');
  return end;
};

async function* fileLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  try {
    yield* linesOf(source, LINE_LIMIT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new LogFileError((error as Error).message, { cause: error });
  }
}

const parsed = (text: string, number: number): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LogFileError(`line ${number} is no JSON: it is cut short, or no export of a log`, {
      cause: error,
    });
  }
};

const expected = <T>(schema: z.ZodType<T>, content: unknown, number: number): T => {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const what =
    number === 1 ? 'it is no export of a log, or one of a newer version' : 'it is no fact of a log';
  throw new LogFileError(`line ${number}: ${what}`, { cause: result.error });
};

const storedFrom = (entry: z.output<typeof Entry>): Stored => ({
  subject: entry.subject,
  sequence: entry.sequence,
  time: new Date(entry.time),
  payload: 'raw' in entry ? entry.raw : JSON.stringify(entry.event),
  traceparent: entry.traceparent,
});
