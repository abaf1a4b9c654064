import { recipientOf } from './recipients.js';

/**
 * Why none of the secret keys opens what is encrypted for the recipients, and what to do about it, by their public keys;
 * undefined when one does.
 */
export const lockedBy = async (
  backupId: string,
  recipients: readonly string[],
  identities: readonly string[],
): Promise<string | undefined> => {
  const own = (await Promise.all(identities.map(recipientOf))).flat();
  if (own.some((key) => recipients.includes(key))) return undefined;
  const wanted = recipients.join(' or ');
  const todo =
    'set NOCODB_BACKUP_IDENTITY_FILE, where restores run, to the file with the secret key (AGE-SECRET-KEY-1...) that belongs to it';
  return own.length === 0
    ? `backup ${backupId} is encrypted for ${wanted}, and no secret key is known here: ${todo}`
    : `backup ${backupId} is encrypted for ${wanted}, and NOCODB_BACKUP_IDENTITY is the secret key of ${own.join(', ')}: ${todo}`;
};
