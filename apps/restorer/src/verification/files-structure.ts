import type { StoredBackup } from '@nocodb-backup/vault';
import { ARCHIVE } from '../files/archive.js';
import { DamagedArchiveError, readArchive } from '../files/read-archive.js';

/** What is wrong with the archive of the data directory: each entry walked to its end mark, and counted. */
export const filesFindings = async (backup: StoredBackup, signal: AbortSignal): Promise<string[]> => {
  const { artifacts, parts } = backup.manifest;
  if (!artifacts.some(({ path }) => path === ARCHIVE))
    return parts.files.status === 'complete' ? [`the manifest names no ${ARCHIVE}`] : [];
  let files = 0;
  const visit = ({ type }: { readonly type: string }) => {
    if (type !== 'Directory') files++;
    return Promise.resolve();
  };
  try {
    const tarBytes = await readArchive(await backup.open(ARCHIVE), { signal, visit });
    const said = parts.files;
    if (backup.format === 'legacy' || (files === said.files && tarBytes === said.tarBytes)) return [];
    return [
      `${ARCHIVE} holds ${files} files in ${tarBytes} bytes where the manifest says ${said.files} in ${said.tarBytes}`,
    ];
  } catch (error) {
    if (error instanceof DamagedArchiveError) return [`${ARCHIVE} is damaged: ${error.message}`];
    throw error;
  }
};
