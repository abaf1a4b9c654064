import { describe, expect, it } from '@jest/globals';
import { parseConfig } from './config.js';
import { connectOptions, NatsConfig } from './nats-config.js';

const optionsOf = (env: Record<string, string>) => connectOptions(parseConfig(NatsConfig, env), 'dumper');
const seed = `SU${'A'.repeat(56)}`;

describe('how to connect to NATS', () => {
  it('is without user and TLS where nothing is said', () => {
    expect(optionsOf({})).toEqual({
      servers: 'nats://127.0.0.1:4222',
      name: 'dumper',
      inboxPrefix: '_INBOX_dumper',
    });
  });

  it('takes replies where the user may listen, whatever the name of the service', () => {
    expect(optionsOf({ NATS_USER: 'sidecar', NATS_PASSWORD: 'x' }).inboxPrefix).toBe('_INBOX_sidecar');
    expect(optionsOf({ NATS_USER: 'a b.>' }).inboxPrefix).toBe('_INBOX_a_b__');
  });

  it('is by the nkey where there is one, and the user still names the replies', () => {
    const options = optionsOf({ NATS_USER: 'cli', NATS_NKEY_SEED: seed });
    expect(options).toMatchObject({ nkeySeed: seed, inboxPrefix: '_INBOX_cli' });
    expect(options.user).toBeUndefined();
  });

  it('wants TLS where one of its variables or the address says so', () => {
    expect(optionsOf({ NATS_URL: 'tls://nats:4222' }).tls).toEqual({});
    expect(optionsOf({ NATS_TLS_CA: 'a' }).tls).toEqual({ ca: 'a' });
    expect(optionsOf({ NATS_TLS_CERT: 'c', NATS_TLS_KEY: 'k' }).tls).toEqual({ cert: 'c', key: 'k' });
  });

  it.each([
    [{ NATS_TLS_CERT: 'c' }, /NATS_TLS_CERT and NATS_TLS_KEY belong together/],
    [{ NATS_TLS_KEY: 'k' }, /NATS_TLS_CERT and NATS_TLS_KEY belong together/],
    [{ NATS_NKEY_SEED: seed, NATS_PASSWORD: 'x' }, /are both set: keep one/],
    [{ NATS_NKEY_SEED: 'UABC' }, /NATS_NKEY_SEED: must be the seed/],
  ])('refuses %j', (env, message) => {
    expect(() => optionsOf(env as Record<string, string>)).toThrow(message);
  });
});
