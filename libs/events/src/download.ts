import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Failure } from './vocabulary.js';

const event = stream('backup', 'backupId');
const count = z.int().nonnegative();

export const DownloadRequested = event(
  'DownloadRequested',
  { by: 'cli', key: 'n', meaning: 'somebody wants a backup of the bucket in the local directory, too' },
  { n: Token, requestedBy: z.string().max(200) },
);
export type DownloadRequested = EventOf<typeof DownloadRequested>;

export const Downloaded = event(
  'Downloaded',
  {
    by: 'restorer',
    key: 'n',
    meaning: 'the backup lies in the local directory, every file compared with its digest',
  },
  { n: Token, files: count, bytes: count, seconds: z.number().nonnegative() },
);
export type Downloaded = EventOf<typeof Downloaded>;

export const DownloadFailed = event(
  'DownloadFailed',
  { by: 'restorer', key: 'n', meaning: 'no attempt brought the whole backup; without a manifest it is none' },
  { n: Token, failure: Failure },
);
export type DownloadFailed = EventOf<typeof DownloadFailed>;
