import { describe, expect, it } from '@jest/globals';
import { Downloads } from './downloads.js';
import { isLinkLocal, lookupOutside } from './link-local.js';

describe('a link-local address', () => {
  it.each(['169.254.169.254', '[fe80::1]', '::ffff:169.254.169.254'])('is %s', (address) => {
    expect(isLinkLocal(address)).toBe(true);
  });

  it.each(['127.0.0.1', '10.0.0.5', '192.168.1.1', '[::1]', '169.253.1.1', 'minio'])(
    'is not %s',
    (address) => {
      expect(isLinkLocal(address)).toBe(false);
    },
  );

  it('is not asked for an attachment, whoever names it', async () => {
    const downloads = new Downloads();
    const wanted = { bytes: undefined, signal: AbortSignal.timeout(5000) };
    const bytes = downloads.bytes(new URL('http://169.254.169.254/latest/meta-data'), wanted);
    await expect(bytes.next()).rejects.toThrow('169.254.169.254 is a link-local address: not asked');
    await downloads.close();
  });

  it.each([true, false])('is not what a name resolves to (all: %s)', async (all) => {
    const resolved = new Promise((resolve) => {
      lookupOutside('169.254.169.254', { all }, (error) => {
        resolve(error?.message);
      });
    });
    await expect(resolved).resolves.toMatch(/is a link-local address/);
  });
});
