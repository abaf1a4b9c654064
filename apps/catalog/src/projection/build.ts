import type { EventLog, StoredEvent } from '@nocodb-backup/messaging';
import type { Position, ReadModel } from '../model/read-model.js';
import { chunked } from './batched.js';
import { fingerprint } from './fingerprint.js';
import { historyOf } from './history.js';
import { Projection } from './projection.js';

/** How far a rebuild is. */
export interface BuildProgress {
  readonly sequence: number;
  readonly end: number;
}

interface Build {
  readonly log: EventLog;
  /** Empty tables. */
  readonly model: ReadModel;
  readonly signal: AbortSignal;
  readonly progress: (progress: BuildProgress) => void;
}

const CHUNK = 2000;

/** Where events that this version stores are in the log; what is no event has no id, and its place must do. */
export const positionAfter = (last: StoredEvent, created: string): Position => ({
  sequence: last.sequence,
  eventId: typeof last.envelope === 'string' ? '' : String(last.envelope.id),
  created,
  model: fingerprint,
});

/** Fills empty tables with all of the log, and answers what goes on from there. Throws a DiscontinuityError when the log changed meanwhile. */
export const build = async ({ log, model, signal, progress }: Build) => {
  const { created, lastSequence: end } = await log.info();
  const projection = new Projection(historyOf(log, signal));
  let position: Position | undefined;
  for await (const chunk of chunked(log.stored('evt.>', { signal }), CHUNK)) {
    const last = chunk.at(-1);
    if (!last) continue;
    const next = positionAfter(last, created);
    await model.apply(await projection.changes(chunk), position, next);
    position = next;
    progress({ sequence: next.sequence, end });
  }
  if (position) await log.verifyContinuity(position);
  return { projection, position };
};
