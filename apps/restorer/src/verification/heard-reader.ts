import { Readable } from 'node:stream';
import type { VaultReader } from '@nocodb-backup/vault';

/** The same place; `heard` is told the bytes of each chunk that is read of a backup's files. */
export const heardReader = (reader: VaultReader, heard: (bytes: number) => void): VaultReader => ({
  backups: () => reader.backups(),
  readManifest: (backupId) => reader.readManifest(backupId),
  files: (backupId, folder) => reader.files(backupId, folder),
  isStaged: (backupId) => reader.isStaged(backupId),
  open: async (backupId, path) =>
    Readable.from(counted(await reader.open(backupId, path), heard), { objectMode: false }),
  digest: async (backupId, path, signal) => {
    const artifact = await reader.digest(backupId, path, signal);
    heard(artifact.bytes);
    return artifact;
  },
});

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  heard: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    heard(chunk.byteLength);
    yield chunk;
  }
}
