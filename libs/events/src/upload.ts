import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Failure } from './vocabulary.js';

const event = stream('backup', 'backupId');
const count = z.int().nonnegative();
const Destination = z.enum(['s3']);
/** `dump`, `files`, `plan`, the id of a table; and `manifest`, which comes last. */
const key = Token;

export const PartUploaded = event(
  'PartUploaded',
  {
    by: 'uploader',
    key: 'key',
    meaning: 'everything of one part lies in the bucket, and its size was read back',
  },
  { key, destination: Destination, files: count, bytes: count, seconds: z.number().nonnegative() },
);
export type PartUploaded = EventOf<typeof PartUploaded>;

export const PartUploadFailed = event(
  'PartUploadFailed',
  {
    by: 'uploader',
    key: 'key',
    meaning: 'no attempt brought the part into the bucket: the backup is sealed without this destination',
  },
  { key, destination: Destination, failure: Failure },
);
export type PartUploadFailed = EventOf<typeof PartUploadFailed>;

export const PartsUploaded = event(
  'PartsUploaded',
  { by: 'uploader', meaning: 'every part of the settled backup lies in the bucket: its manifest may follow' },
  { destination: Destination },
);
export type PartsUploaded = EventOf<typeof PartsUploaded>;
