import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
import { checkedPassphrase } from './passphrase.js';
import type { Readership } from './readership.js';
import { identitiesIn, recipientsIn } from './recipients.js';

/** Text that `read` takes; a refusal of its is told as the variable's problem. */
const keys = <Keys>(read: (text: string) => Keys) =>
  z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });

const passphrase = { NOCODB_BACKUP_ENCRYPTION_PASSPHRASE: keys(checkedPassphrase).optional() };

/** Who can read new backups: the owners of public keys, whoever knows the passphrase, or both. Unencrypted, unless one is named. */
export const EncryptionSettings = z.object({
  NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: keys(recipientsIn).optional(),
  ...passphrase,
});
export type EncryptionSettings = z.output<typeof EncryptionSettings>;

/**
 * What opens encrypted backups: secret keys, wanted only where backups are read and never where they are made, or the passphrase
 * with which they are made.
 */
export const IdentitySettings = z.object({
  NOCODB_BACKUP_IDENTITY: keys(identitiesIn).optional(),
  ...passphrase,
});
export type IdentitySettings = z.output<typeof IdentitySettings>;

/** Who can read new backups by the settings; undefined where they are not encrypted. */
export const readershipOf = (settings: EncryptionSettings): Readership | undefined => {
  const {
    NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: recipients = [],
    NOCODB_BACKUP_ENCRYPTION_PASSPHRASE: secret,
  } = settings;
  return recipients.length === 0 && secret === undefined ? undefined : { recipients, passphrase: secret };
};

/** What opens encrypted backups. */
export interface Unlocking {
  readonly identities: readonly string[];
  readonly passphrase?: string | undefined;
}

/** What the settings have that opens encrypted backups. */
export const unlockingOf = (settings: IdentitySettings): Unlocking => ({
  identities: settings.NOCODB_BACKUP_IDENTITY ?? [],
  passphrase: settings.NOCODB_BACKUP_ENCRYPTION_PASSPHRASE,
});
