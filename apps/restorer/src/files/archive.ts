import type { StoredBackup } from '@nocodb-backup/vault';

/** The artifact that holds the data directory, as it is unless something else packed it. */
export const ARCHIVE = 'nocodb-data.tar.gz';
const NAMES: readonly string[] = [ARCHIVE, 'nocodb-data.tar.zst'];

/** The path of the archive in a backup; undefined where there is none. */
export const archiveIn = ({ manifest }: Pick<StoredBackup, 'manifest'>): string | undefined =>
  manifest.artifacts.find(({ path }) => NAMES.includes(path))?.path;
