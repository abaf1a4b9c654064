import { readFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import {
  connect as connectToNats,
  credsAuthenticator,
  errors,
  type NatsConnection,
  nkeyAuthenticator,
  type NodeConnectionOptions,
  type TlsOptions,
} from '@nats-io/transport-node';
import { Connection } from './connection.js';
import { pause } from './pause.js';
import { reasonOf } from './reason.js';
import { refuseOldServer } from './server-version.js';

/** How to reach NATS, and as whom. At most one kind of credentials. */
export interface ConnectOptions {
  /** `nats://host:4222`, several separated by commas or as a list. */
  readonly servers: string | readonly string[];
  /** Shown by the server's monitoring: the service's name. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** The seed itself (`SU...`), not its file. */
  readonly nkeySeed?: string;
  /** A `.creds` file. */
  readonly credentialsFile?: string;
  readonly tls?: TlsOptions;
  /** Replies arrive under it, so that the server's permissions can tell services apart. */
  readonly inboxPrefix?: string;
  /** How long to wait for the first answer. Default 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Connects, and refuses a server that is too old or has no JetStream. Throws with the address when nothing answers. */
export const connect = async (options: ConnectOptions): Promise<Connection> => {
  const nats = await open(options);
  try {
    refuseOldServer(nats.info?.version ?? 'unknown');
    if (!nats.info?.jetstream)
      throw new Error(
        `NATS at ${addressOf(options)} runs without JetStream. Start it with "-js" or a jetstream block.`,
      );
    return new Connection(nats, await jetstreamManager(nats, { checkAPI: false }), options.inboxPrefix);
  } catch (error) {
    await nats.close();
    throw error;
  }
};

const open = async (options: ConnectOptions): Promise<NatsConnection> => {
  const until = Date.now() + (options.timeoutMs ?? 10_000);
  for (;;) {
    try {
      return await connectToNats(natsOptions(options));
    } catch (error) {
      if (options.signal?.aborted || isRefusal(error) || Date.now() >= until)
        throw unreachable(options, error);
      await pause(250, options.signal);
    }
  }
};

const natsOptions = (options: ConnectOptions): NodeConnectionOptions => ({
  servers: serversOf(options),
  name: options.name,
  timeout: Math.min(5000, options.timeoutMs ?? 5000),
  maxReconnectAttempts: -1,
  reconnectTimeWait: 500,
  pingInterval: 20_000,
  ...(options.tls && { tls: options.tls }),
  ...(options.inboxPrefix && { inboxPrefix: options.inboxPrefix }),
  ...credentials(options),
});

const credentials = ({
  user,
  password,
  token,
  nkeySeed,
  credentialsFile,
}: ConnectOptions): NodeConnectionOptions => {
  if (credentialsFile) return { authenticator: credsAuthenticator(readFileSync(credentialsFile)) };
  if (nkeySeed) return { authenticator: nkeyAuthenticator(new TextEncoder().encode(nkeySeed)) };
  if (token) return { token };
  return user ? { user, pass: password ?? '' } : {};
};

const isRefusal = (error: unknown): boolean =>
  error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;

/** What Node says of certificates has no code of its own once it comes through nats.js. */
const isAboutTls = (reason: string): boolean => /certificate|tls|ssl/i.test(reason);

const unreachable = (options: ConnectOptions, error: unknown): Error => {
  const reason = reasonOf(error);
  return new Error(
    `cannot connect to NATS at ${addressOf(options)}: ${reason}. ${adviceOn(error, reason, options)}`,
    {
      cause: error,
    },
  );
};

const adviceOn = (error: unknown, reason: string, { tls }: ConnectOptions): string => {
  if (isRefusal(error)) return 'It refused the credentials: check user, password, token or key.';
  if (isAboutTls(reason))
    return 'Check NATS_TLS_CA (who signed its certificate), and the host name in NATS_URL.';
  // A server that misses the client's certificate hangs up without a word.
  const certificate = tls ? ' Does it want a certificate (NATS_TLS_CERT, NATS_TLS_KEY)?' : '';
  return `Is nats-server running, and is the address (NATS_URL) right?${certificate}`;
};

const serversOf = ({ servers }: ConnectOptions): string[] =>
  [servers]
    .flat()
    .flatMap((list) => list.split(','))
    .map((server) => server.trim());

const addressOf = (options: ConnectOptions): string =>
  serversOf(options)
    .join(', ')
    .replaceAll(/\/\/[^/@]*@/g, '//');
