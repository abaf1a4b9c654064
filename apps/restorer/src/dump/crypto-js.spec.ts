import { describe, expect, it } from '@jest/globals';
import { encryptedIn, opens } from './crypto-js.js';

/** `CryptoJS.AES.encrypt('{"schema":"pbase"}', 'ein Schlüssel')` of crypto-js 4. */
const ENCRYPTED = 'U2FsdGVkX1+lAvNSuCjQNqv6YfWLji6B1tbTA0i+bExCWThIUgo+0upfY1vqFdZx';

describe('what CryptoJS has encrypted', () => {
  it('is opened by its passphrase alone', () => {
    expect(opens(ENCRYPTED, 'ein Schlüssel')).toBe(true);
    expect(opens(ENCRYPTED, 'ein Schluessel')).toBe(false);
    expect(opens(ENCRYPTED, '')).toBe(false);
  });

  it('is opened by nothing when it is damaged', () => {
    expect(opens(ENCRYPTED.slice(0, 30), 'ein Schlüssel')).toBe(false);
    expect(opens('U2FsdGVkX1', 'ein Schlüssel')).toBe(false);
  });

  it('is known by how it begins, in quotes or without', () => {
    expect(encryptedIn(ENCRYPTED)).toBe(ENCRYPTED);
    expect(encryptedIn(`"${ENCRYPTED}"`)).toBe(ENCRYPTED);
    expect(encryptedIn('{"schema":"U2FsdGVkX1"}')).toBeUndefined();
  });
});
