import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sizeText } from '@nocodb-backup/backup';
import type { Condition } from './condition.js';

/** How much room there is. */
export interface Space {
  readonly free: number;
  readonly total: number;
}

const patienceMs = 5000;

/** The room where the directory lies; undefined where it is not reachable from here, or does not answer in time. */
export const spaceIn = async (directory: string): Promise<Space | undefined> => {
  const limit = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: limit.signal }).catch(() => undefined);
  const answer = statfs(directory).then(
    ({ bavail, blocks, bsize }) => ({ free: bavail * bsize, total: blocks * bsize }),
    () => undefined,
  );
  const space = await Promise.race([answer, late]);
  limit.abort();
  return space && space.total > 0 ? space : undefined;
};

/** Points of percent above the limit from which on it is well again: else it would be raised and cleared all day. */
const relief = 3;

/** A disk that is nearly full. */
export const diskConditions = (
  space: Space,
  {
    source,
    percent,
    isOpen,
  }: { readonly source: string; readonly percent: number; readonly isOpen: boolean },
  now: Date,
): Condition[] => {
  const free = (space.free / space.total) * 100;
  if (percent === 0 || free >= percent + (isOpen ? relief : 0)) return [];
  return [
    {
      kind: 'disk-full',
      source,
      level: 'warning',
      title: `The disk for backups is nearly full: ${source}`,
      lines: [
        `Only ${sizeText(space.free)} of ${sizeText(space.total)} (${free.toFixed(1)} %) are free where NOCODB_BACKUP_DIR lies. Without room the next backup fails.`,
      ],
      next: [
        'Make room, get a larger disk, or keep fewer backups:',
        'nocodb-backup list',
        'nocodb-backup retention --dry-run',
      ],
      since: now,
    },
  ];
};
