import type { StoredEvent } from '@nocodb-backup/messaging';
import type { EventRow } from '../model/rows.js';

/** What is on the outside of a stored event, of whatever type and version. */
export const eventRow = ({ subject, sequence, time, envelope, event }: StoredEvent): EventRow => {
  const [, stream = '', subjectId = '', type = '', key = null] = subject.split('.');
  const outside = typeof envelope === 'string' ? undefined : envelope;
  return {
    sequence,
    eventId: textOf(outside?.id),
    type: textOf(outside?.type) ?? type,
    version: versionOf(textOf(outside?.dataschema)),
    stream,
    subjectId,
    key,
    time: time.toISOString(),
    known: event !== undefined,
  };
};

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const versionOf = (schema: string | null): number | null => {
  const version = Number(schema?.slice(schema.lastIndexOf(':') + 1));
  return Number.isSafeInteger(version) && version > 0 && version < 2 ** 31 ? version : null;
};
