import type { StoredBackup } from '@nocodb-backup/vault';
import { ARCHIVE, archiveIn } from '../files/archive.js';
import { DamagedArchiveError, readArchive } from '../files/read-archive.js';

/** What is wrong with the archive of the data directory: each entry walked to its end mark, and counted. */
export const filesFindings = async (backup: StoredBackup, signal: AbortSignal): Promise<string[]> => {
  const { parts } = backup.manifest;
  const path = archiveIn(backup);
  if (path === undefined)
    return parts.files.status === 'complete' ? [`the manifest names no ${ARCHIVE}`] : [];
  let files = 0;
  const visit = ({ type }: { readonly type: string }) => {
    if (type !== 'Directory') files++;
    return Promise.resolve();
  };
  try {
    const tarBytes = await readArchive(await backup.open(path), { path, signal, visit });
    const said = parts.files;
    if (backup.format === 'legacy' || (files === said.files && tarBytes === said.tarBytes)) return [];
    return [
      `${path} holds ${files} files in ${tarBytes} bytes where the manifest says ${said.files} in ${said.tarBytes}`,
    ];
  } catch (error) {
    if (error instanceof DamagedArchiveError) return [`${path} is damaged: ${error.message}`];
    throw error;
  }
};
