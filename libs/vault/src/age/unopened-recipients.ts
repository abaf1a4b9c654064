import { decrypted } from './decrypted.js';
import { encrypted } from './encrypted.js';

/** The public keys for whom none of the secret keys opens what is encrypted for them: each is tried on a few bytes. */
export const unopenedRecipients = async (
  recipients: readonly string[],
  identities: readonly string[],
): Promise<string[]> => {
  const unopened: string[] = [];
  for (const recipient of recipients)
    if (identities.length === 0 || !(await isOpened(recipient, identities))) unopened.push(recipient);
  return unopened;
};

const isOpened = async (recipient: string, identities: readonly string[]): Promise<boolean> => {
  try {
    await Array.fromAsync(decrypted(encrypted(probe(), [recipient]), identities));
    return true;
  } catch {
    return false;
  }
};

async function* probe(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('probe'));
}
