import type { StagingPlace } from '../staging-place.js';
import type { Staging } from '../vault.js';
import { encrypted } from './encrypted.js';
import { keyPath } from './key-files.js';
import { lockedIdentity } from './passphrase-key.js';
import { type BackupKeys, backupKeys, type Readership } from './readership.js';

/** Ends the names of encrypted files, as people name files of `age`. */
export const AGE = '.age';

/** The same place; what its attempts store is encrypted in passing. Sizes and digests are those of the encrypted bytes. */
export const encryptingPlace = (place: StagingPlace, readership: Readership): StagingPlace => {
  const keysOf = backupKeys(readership);
  return {
    stage: (backupId, attemptId) =>
      encryptingStaging(place.stage(backupId, attemptId), () => keysOf(backupId)),
  };
};

/** The same staging; what is stored is encrypted in passing, or not stored at all. */
export const encryptingStaging = (staging: Staging, keys: () => Promise<BackupKeys>): Staging => ({
  store: async (path, source, signal) => {
    const { recipients } = await keys();
    return staging.store(`${path}${AGE}`, encrypted(source, recipients), signal);
  },
  discard: () => staging.discard(),
  secrecy: {
    recipients: async () => [...(await keys()).recipients],
    storePlain: (path, source, signal) => staging.store(path, source, signal),
    storeKey: async (part, signal) => {
      const { secret } = await keys();
      if (!secret) return [];
      const file = await lockedIdentity(secret.identity, secret.passphrase);
      return [await staging.store(keyPath(part), once(file), signal)];
    },
  },
});

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
