import type { StagingPlace } from '../staging-place.js';
import type { Staging } from '../vault.js';
import { encrypted } from './encrypted.js';
import type { Recipients } from './recipients.js';

/** Ends the names of encrypted files, as people name files of `age`. */
export const AGE = '.age';

/** The same place; what its attempts store is encrypted in passing. Sizes and digests are those of the encrypted bytes. */
export const encryptingPlace = (place: StagingPlace, recipients: Recipients): StagingPlace => ({
  stage: (backupId, attemptId) => encryptingStaging(place.stage(backupId, attemptId), recipients),
});

/** The same staging; what is stored is encrypted in passing, or not stored at all. */
export const encryptingStaging = (staging: Staging, recipients: Recipients): Staging => ({
  store: (path, source, signal) => staging.store(`${path}${AGE}`, encrypted(source, recipients), signal),
  discard: () => staging.discard(),
  secrecy: {
    recipients,
    storePlain: (path, source, signal) => staging.store(path, source, signal),
  },
});
