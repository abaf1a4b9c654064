import { createHash } from 'node:crypto';
import type { Sample } from '@nocodb-backup/events';

/**
 * Which attached files a sample takes: about the share of them, others for each seed, and for one seed always the same, so
 * that a second attempt reads what the first one read.
 */
export const isSampled = (sample: Sample, seed: string): ((path: string) => boolean) => {
  if (sample === 'full') return () => true;
  return (path) => createHash('sha256').update(`${seed}\n${path}`).digest().readUInt32BE() / 2 ** 32 < sample;
};
