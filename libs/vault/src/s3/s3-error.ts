import { PermanentError } from '@nocodb-backup/events';
import type { S3Connection } from './s3-settings.js';

/** How messages name the place: never with a key. */
export const nameOf = ({ bucket, endpoint, prefix }: S3Connection): string =>
  `s3://${bucket}/${prefix}${endpoint === undefined ? '' : ` at ${new URL(endpoint).origin}`}`;

const permanent: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket: create it, or set NOCODB_BACKUP_S3_BUCKET',
  InvalidAccessKeyId: 'the server does not know the access key: check NOCODB_BACKUP_S3_ACCESS_KEY',
  SignatureDoesNotMatch:
    'the secret key is wrong: check NOCODB_BACKUP_S3_SECRET_KEY (or the clock of this machine, or the region)',
  AccessDenied: 'access denied: the key needs to list, read, write and delete below the prefix',
  AllAccessDisabled: 'the bucket is closed',
  ExpiredToken: 'the credentials have expired',
  AuthorizationHeaderMalformed: 'the server expects another region: check NOCODB_BACKUP_S3_REGION',
  PermanentRedirect: 'the bucket lies elsewhere: check NOCODB_BACKUP_S3_REGION and the endpoint',
  EntityTooLarge: 'the object is larger than the server takes: raise NOCODB_BACKUP_S3_PART_MIB',
  CredentialsProviderError: 'no credentials: set NOCODB_BACKUP_S3_ACCESS_KEY and NOCODB_BACKUP_S3_SECRET_KEY',
};

const noRoom =
  'there is no room left: raise the quota of the bucket, or delete backups (nocodb-backup delete)';
const wrongClock =
  'the clock of this machine and the one of the server are minutes apart: set it, best by NTP (timedatectl set-ntp true)';
const overloaded = 'the server is overloaded, or has trouble of its own: look at its log';

/** What may pass by itself, or when somebody mends it soon. */
const passing: Readonly<Record<string, string>> = {
  QuotaExceeded: noRoom,
  InsufficientCapacity: noRoom,
  XMinioStorageFull: noRoom,
  RequestTimeTooSkewed: wrongClock,
  RequestExpired: wrongClock,
  SlowDown: overloaded,
  ServiceUnavailable: overloaded,
  InternalError: overloaded,
};

const cutOff =
  'the connection was cut: is there room, may the key write, is the server well, and is the network right?';

const byStatus: Readonly<Record<number, string>> = {
  500: overloaded,
  502: overloaded,
  503: overloaded,
  504: overloaded,
  507: noRoom,
};

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The error of the SDK in a sentence that names the place and what to look at; what may pass by itself is no PermanentError. */
export const s3Error = (error: unknown, connection: S3Connection, what: string): Error => {
  if (error instanceof PermanentError) return error;
  const { name, message } = Object(error) as Failure;
  const said = `${String(name)}: ${String(message)}`.slice(0, 300);
  const known = permanent[String(name)];
  const text = `${what} in ${nameOf(connection)} failed: ${known ?? advice(Object(error) as Failure)} (${said})`;
  return known === undefined ? new Error(text, { cause: error }) : new PermanentError(text, { cause: error });
};

const advice = ({ name, code, message, $metadata }: Failure): string =>
  passing[String(name)] ??
  byStatus[$metadata?.httpStatusCode ?? 0] ??
  (/EPIPE|ECONNRESET|socket hang up/.test(`${String(code)} ${String(message)}`)
    ? cutOff
    : 'is the server there, and are endpoint and network right?');

/** The server has no such object (or upload). */
export const isMissing = (error: unknown): boolean => {
  const { name, $metadata } = Object(error) as Failure;
  if (name === 'NoSuchBucket') return false;
  return (
    ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(String(name)) || $metadata?.httpStatusCode === 404
  );
};

/** Somebody wrote the object first. Servers that are asked twice at once answer 409. */
export const isTaken = (error: unknown): boolean => {
  const status = (Object(error) as Failure).$metadata?.httpStatusCode;
  return status === 412 || status === 409;
};
