import { setTimeout as sleep } from 'node:timers/promises';
import { NocoDbError } from '@nocodb-backup/nocodb';
import { mayPass, recordsAtOnce, throwIfAiling } from './narrowed.js';
import type { NewRecord } from './record-body.js';
import { presentAmong, type RecordTarget } from './record-target.js';

/** A record that NocoDB does not take. */
export interface Refused {
  readonly record: NewRecord;
  readonly error: NocoDbError;
}

const tries = 3;
const pauseMs = 1000;

/**
 * Inserts the records, whichever of them are there already, and narrows a refusal down to the records that cause it: those are
 * answered, all others are there now. Throws when no answer tells, or when the server fails on every one of several records:
 * then it is the server that ails.
 */
export const insertRecords = async (
  place: RecordTarget,
  records: readonly NewRecord[],
): Promise<readonly Refused[]> => {
  const refused = await narrowed(place, records, 1);
  throwIfAiling(refused, records.length);
  return refused;
};

const narrowed = async (
  place: RecordTarget,
  records: readonly NewRecord[],
  attempt: number,
): Promise<readonly Refused[]> => {
  const { target, table, limit, signal } = place;
  if (records.length > limit.size) return inParts(place, records, limit.size);
  try {
    const bodies = records.map(({ body }) => body);
    await target.records.insertWithIds(table.id, bodies, signal);
    return [];
  } catch (error) {
    if (!(error instanceof NocoDbError)) throw error;
    const most = recordsAtOnce(error, records.length);
    if (most !== undefined) {
      limit.size = Math.min(limit.size, most);
      return narrowed(place, records, attempt);
    }
    return afterFailure(place, records, { error, attempt });
  }
};

interface Failed {
  readonly error: NocoDbError;
  readonly attempt: number;
}

/** Whatever the answer was: some may be there, by this request or by an earlier attempt. */
const afterFailure = async (
  place: RecordTarget,
  records: readonly NewRecord[],
  { error, attempt }: Failed,
): Promise<readonly Refused[]> => {
  const there = await presentAmong(
    place,
    records.map(({ id }) => id),
  );
  const rest = records.filter(({ id }) => !there.has(id));
  const [first] = rest;
  if (first === undefined) return [];
  if (rest.length < records.length) return narrowed(place, rest, 1);
  if (mayPass(error)) {
    if (attempt >= tries) throw error;
    await sleep(pauseMs * attempt, undefined, { signal: place.signal });
    return narrowed(place, rest, attempt + 1);
  }
  if (rest.length === 1) return [{ record: first, error }];
  return inParts(place, rest, Math.ceil(rest.length / 2));
};

const inParts = async (place: RecordTarget, records: readonly NewRecord[], size: number) => {
  const refused: Refused[] = [];
  for (let at = 0; at < records.length; at += size)
    refused.push(...(await narrowed(place, records.slice(at, at + size), 1)));
  return refused;
};
