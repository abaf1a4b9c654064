import { type ConnectOptions, inboxOf } from '@nocodb-backup/messaging';
import { z } from 'zod';
import { ConfigError } from './config-error.js';

/** Where the event log is, and who one is to it. */
export const NatsConfig = z.object({
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  /** Names the place where replies arrive, too: `_INBOX_<user>`. */
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  /** The secret half of an nkey, instead of a password. */
  NATS_NKEY_SEED: z
    .string()
    .regex(/^SU[A-Z2-7]{56}$/, 'must be the seed of a user, as `nats auth nkey gen user` makes it: SU...')
    .optional(),
  /** PEM: who signed the server's certificate, where the machine does not know it. */
  NATS_TLS_CA: z.string().optional(),
  /** PEM: the own certificate and its key, where the server asks for one. */
  NATS_TLS_CERT: z.string().optional(),
  NATS_TLS_KEY: z.string().optional(),
});
export type NatsConfig = z.infer<typeof NatsConfig>;

/** How to connect as the service (or command line) of that name. Throws a ConfigError for what does not go together. */
export const connectOptions = (config: NatsConfig, name: string): ConnectOptions => ({
  servers: config.NATS_URL,
  name,
  inboxPrefix: inboxOf(config.NATS_USER ?? name),
  ...credentialsOf(config),
  ...tlsOf(config),
});

const credentialsOf = ({
  NATS_USER: user,
  NATS_PASSWORD: password,
  NATS_NKEY_SEED: nkeySeed,
}: NatsConfig): Partial<ConnectOptions> => {
  if (nkeySeed !== undefined && password !== undefined)
    throw new ConfigError(['NATS_NKEY_SEED and NATS_PASSWORD are both set: keep one']);
  if (nkeySeed !== undefined) return { nkeySeed };
  return { ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
};

const tlsOf = ({
  NATS_URL,
  NATS_TLS_CA: ca,
  NATS_TLS_CERT: cert,
  NATS_TLS_KEY: key,
}: NatsConfig): Partial<ConnectOptions> => {
  const pair = cert !== undefined && key !== undefined ? { cert, key } : {};
  if (cert !== key && !('key' in pair))
    throw new ConfigError(['NATS_TLS_CERT and NATS_TLS_KEY belong together: set both or none']);
  const isAsked = ca !== undefined || cert !== undefined || NATS_URL.includes('tls://');
  if (!isAsked) return {};
  return { tls: { ...(ca !== undefined && { ca }), ...pair } };
};
