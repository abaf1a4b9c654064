import { describe, expect, it } from '@jest/globals';
import { EncryptionSettings, IdentitySettings, readershipOf, unlockingOf } from './encryption-settings.js';
import { checkedPassphrase } from './passphrase.js';

const good = 'five words drawn by lot';

describe('a passphrase', () => {
  it.each([
    ['short', 'Passw0rd!'],
    ['one character over and over', 'a'.repeat(40)],
    ['two lines', 'five words drawn\nby lot'],
    ['blanks around it', ` ${good}`],
  ])('is refused when it is %s, and is not printed', (_, passphrase) => {
    expect(() => checkedPassphrase(passphrase)).toThrow(/passphrase/);
    expect(() => checkedPassphrase(passphrase)).not.toThrow(passphrase.trim().slice(0, 8));
  });

  it('counts by characters, not by bytes', () => {
    expect(() => checkedPassphrase('äöüßéèêëàáâ')).toThrow(/too easy/);
    expect(checkedPassphrase(good)).toBe(good);
  });
});

describe('the settings', () => {
  it('encrypt for public keys, for a passphrase, for both, or not at all', () => {
    const recipient = 'age1t3xn6vqd4w4p2uawgl9kg6qx0nn5tynjnft59me9jer0ddajag4q6tz4t2';
    const read = (variables: object) => readershipOf(EncryptionSettings.parse(variables));
    const keys = { NOCODB_BACKUP_ENCRYPTION_RECIPIENTS: recipient };
    const secret = { NOCODB_BACKUP_ENCRYPTION_PASSPHRASE: good };
    expect(read({})).toBeUndefined();
    expect(read(keys)).toEqual({ recipients: [recipient], passphrase: undefined });
    expect(read(secret)).toEqual({ recipients: [], passphrase: good });
    expect(read({ ...keys, ...secret })).toEqual({ recipients: [recipient], passphrase: good });
  });

  it('open with the same variable that encrypts', () => {
    const settings = IdentitySettings.parse({ NOCODB_BACKUP_ENCRYPTION_PASSPHRASE: good });
    expect(unlockingOf(settings)).toEqual({ identities: [], passphrase: good });
  });
});
