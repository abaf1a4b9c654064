import { passphraseIdentity } from './passphrase-key.js';
import { recipientOf, type Recipients } from './recipients.js';

/** Who shall be able to read new backups: the owners of public keys, whoever knows the passphrase, or both. */
export interface Readership {
  readonly recipients: readonly string[];
  readonly passphrase?: string | undefined;
}

/** The keys of one backup. */
export interface BackupKeys {
  readonly recipients: Recipients;
  /** Present where there is a passphrase: it gives the secret key of one of the recipients. */
  readonly secret?: { readonly identity: string; readonly passphrase: string };
}

/** Backups that are being made at once by one service; a key that was let go is made again. */
const most = 8;

/** Gives the keys of backups, each made once: a passphrase takes its time. Rejects when nobody is named. */
export const backupKeys = ({
  recipients,
  passphrase,
}: Readership): ((backupId: string) => Promise<BackupKeys>) => {
  const known = new Map<string, Promise<BackupKeys>>();
  const made = async (backupId: string): Promise<BackupKeys> => {
    const identity = passphrase === undefined ? undefined : await passphraseIdentity(passphrase, backupId);
    const [first, ...others] = [
      ...recipients,
      ...(identity === undefined ? [] : await recipientOf(identity)),
    ];
    if (first === undefined) throw new Error('nobody is named who could read the backup');
    const secret = passphrase === undefined || identity === undefined ? undefined : { identity, passphrase };
    return { recipients: [first, ...others], ...(secret ? { secret } : {}) };
  };
  return (backupId) => {
    const keys = known.get(backupId) ?? made(backupId);
    known.set(backupId, keys);
    keys.catch(() => known.delete(backupId));
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    return keys;
  };
};
