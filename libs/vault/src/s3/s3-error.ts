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
  const known = typeof name === 'string' ? permanent[name] : undefined;
  const said = `${String(name)}: ${String(message)}`.slice(0, 300);
  const text = `${what} in ${nameOf(connection)} failed: ${known ?? 'is the server there, and are endpoint and network right?'} (${said})`;
  return known === undefined ? new Error(text, { cause: error }) : new PermanentError(text, { cause: error });
};

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
