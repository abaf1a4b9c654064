import type { Verified } from '@nocodb-backup/events';

/** What came of a look at a backup. */
export interface Outcome extends Pick<
  Verified['data'],
  'destinations' | 'files' | 'bytes' | 'tables' | 'rows'
> {
  readonly warnings: readonly string[];
  /** What is wrong with the backup; nothing, where it is whole. */
  readonly findings: readonly string[];
  /** Why not everything could be looked at. */
  readonly trouble?: Error | undefined;
}

/** The message of an error, or what else was thrown. */
export const reasonOf = (error: unknown): string => {
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' ? message : String(error);
};
