import { describe, expect, it } from '@jest/globals';
import { loopbackAddress } from './loopback-address.js';

describe('the address of an embedded nats-server', () => {
  it.each([
    ['nats://127.0.0.1:4333', { host: '127.0.0.1', port: 4333 }],
    ['localhost', { host: 'localhost', port: 4222 }],
    ['nats://user:pass@[::1]', { host: '::1', port: 4222 }],
  ])('%s is one of this machine', (url, address) => {
    expect(loopbackAddress(url)).toEqual(address);
  });

  it.each(['nats://nats:4222', 'nats://127.0.0.1:4222,nats://127.0.0.1:4223', 'nats://', ''])(
    '%j is somebody else’s',
    (url) => {
      expect(loopbackAddress(url)).toBeUndefined();
    },
  );
});
