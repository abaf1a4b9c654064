import { join } from 'node:path';

const OURS = '.nocodb-backup-';

/** Where a restore of files works and keeps: all inside the data directory, which may be a mount and cannot itself be renamed. */
export interface Layout {
  readonly directory: string;
  /** What this restore makes. It stays, almost empty, until a later restore: it says that this one is done. */
  readonly workshop: string;
  /** An attempt's folder gets this name once its tree is whole. */
  readonly ready: string;
  /** The new tree, while old entries are set aside. */
  readonly tree: string;
  /** The new tree, while its entries are put in place. */
  readonly placing: string;
  /** What came of the unpacking. */
  readonly outcome: string;
  /** The entries that were there before. */
  readonly aside: string;
}

export const layoutOf = (directory: string, restoreId: string): Layout => {
  const workshop = join(directory, `${OURS}${restoreId}`);
  const ready = join(workshop, 'ready');
  return {
    directory,
    workshop,
    ready,
    tree: join(ready, 'tree'),
    placing: join(ready, 'placing'),
    outcome: join(ready, 'outcome.json'),
    aside: join(directory, `${OURS}before-${restoreId}`),
  };
};

/** Whether an entry of the data directory is of a restore, and no data of NocoDB. */
export const isOurs = (name: string): boolean => name.startsWith(OURS);

/** The restore that such an entry is of. */
export const restoreIdOf = (name: string): string => name.slice(OURS.length).replace(/^before-/, '');

/** Entries that a restore leaves where they are: its own, and the folder that a file system keeps for itself. */
export const isFixed = (name: string): boolean => isOurs(name) || name === 'lost+found';
