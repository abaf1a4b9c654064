import { PermanentError } from '@nocodb-backup/events';
import { isDumpEnd } from './dump-end.js';

/** Thrown for what is no whole dump, wherever it shall be read into. */
export class DamagedDumpError extends PermanentError {}

const HEAD_BYTES = 4096;
const TAIL_BYTES = 512;
const FIRST_LINES = '--\n-- PostgreSQL database dump\n--\n';

/**
 * The dump as psql is to read it: without its own `\restrict` lines, in whose place the reader has one that nobody knows, and
 * without the setting that a server before version 17 does not have. Throws DamagedDumpError for what is no dump of pg_dump, and at
 * the end for one that is cut short: what came before is worth nothing then.
 */
export async function* guardedDump(
  sql: AsyncIterable<Uint8Array>,
  serverMajor: number,
): AsyncGenerator<Uint8Array> {
  let tail = Buffer.alloc(0);
  for await (const chunk of withCleanHead(sql, serverMajor)) {
    const all = Buffer.concat([tail, chunk]);
    const kept = Math.max(0, all.length - TAIL_BYTES);
    if (kept > 0) yield all.subarray(0, kept);
    tail = all.subarray(kept);
  }
  const text = tail.toString('latin1');
  if (!isDumpEnd(text))
    throw new DamagedDumpError('the dump is cut short: its last line is missing. Restore another backup');
  yield Buffer.from(text.replace(/\\unrestrict \w+\s*$/, ''), 'latin1');
}

async function* withCleanHead(
  sql: AsyncIterable<Uint8Array>,
  serverMajor: number,
): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of sql) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < HEAD_BYTES) continue;
    yield cleanHead(head, serverMajor);
    head = undefined;
  }
  if (head) yield cleanHead(head, serverMajor);
}

/** Only what comes before the first object is changed: the same words in rows are data. */
const cleanHead = (bytes: Buffer, serverMajor: number): Buffer => {
  const text = bytes.toString('latin1');
  if (!text.startsWith(FIRST_LINES))
    throw new DamagedDumpError('this is no dump that pg_dump made: restore another backup');
  const end =
    /\n--\n-- (Name|TOC entry|Data for Name|PostgreSQL database dump complete)/.exec(text)?.index ?? 0;
  const settings = text.slice(0, end).replace(/^\\restrict \w+\n/m, '');
  const known = serverMajor < 17 ? settings.replace(/^SET transaction_timeout = 0;\n/m, '') : settings;
  return Buffer.from(known + text.slice(end), 'latin1');
};
