import { PermanentError } from '@nocodb-backup/events';
import { z } from 'zod';
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

/** Whom new backups are encrypted for, by their public keys: nobody, unless one is named. */
export const EncryptionSettings = z.object({
  NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: keys(recipientsIn).optional(),
});
export type EncryptionSettings = z.output<typeof EncryptionSettings>;

/** The secret keys that open encrypted backups: wanted only where backups are read, never where they are made. */
export const IdentitySettings = z.object({ NOCODB_BACKUP_IDENTITY: keys(identitiesIn).optional() });
export type IdentitySettings = z.output<typeof IdentitySettings>;
