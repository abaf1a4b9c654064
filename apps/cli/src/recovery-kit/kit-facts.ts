import type { Manifest } from '@nocodb-backup/backup';
import type { CompressionFormat } from '@nocodb-backup/compression';
import type { PostgresConnection } from '@nocodb-backup/postgres';
import { isKeyFile, type S3Connection } from '@nocodb-backup/vault';

/** What a recovery kit says of an installation. No secrets: it is printed, and lies about. */
export interface KitFacts {
  readonly madeAt: Date;
  readonly directory: string;
  readonly bucket: Pick<S3Connection, 'bucket' | 'prefix' | 'endpoint' | 'region'> | undefined;
  readonly database: Pick<PostgresConnection, 'database' | 'user' | 'host'>;
  /** The backup that the commands are for; undefined where there is none yet. */
  readonly manifest: Manifest | undefined;
  /** Public keys that new backups are encrypted for. */
  readonly recipients: readonly string[];
  /** How new backups are packed: gzip, if not given. */
  readonly compression?: CompressionFormat;
  /** Whether new backups are encrypted with a passphrase. */
  readonly passphrase: boolean;
}

/** Public keys that the kit's backup is encrypted for: of its manifest, else as new ones are. */
export const recipientsOf = ({ manifest, recipients }: KitFacts): readonly string[] =>
  manifest ? (manifest.encryption?.recipients ?? []) : recipients;

/** What names, in a shell, the file of the backup that gives the key to whoever knows the passphrase; undefined where there is none. */
export const keyFileOf = ({ manifest, passphrase }: KitFacts): string | undefined => {
  if (manifest) return manifest.artifacts.find(isKeyFile)?.path;
  return passphrase ? '"$(ls key-*.age | head -n 1)"' : undefined;
};

/** Whether a key is wanted to read the backup. */
export const isSecret = (facts: KitFacts): boolean =>
  recipientsOf(facts).length > 0 || keyFileOf(facts) !== undefined;

/** Whether a file of the backup is encrypted. */
export const isEncrypted = (facts: KitFacts, path: string): boolean =>
  facts.manifest
    ? facts.manifest.artifacts.some((artifact) => artifact.path === `${path}.age`)
    : isSecret(facts);

/** A compressed file of the backup, without what encryption adds to its name, and the command that unpacks it. */
export const packedFile = (
  { manifest, compression }: KitFacts,
  name: string,
): { path: string; unpack: string } => {
  const names = new Set(manifest?.artifacts.map(({ path }) => path.replace(/\.age$/, '')));
  const isZstd = manifest ? names.has(`${name}.zst`) : compression === 'zstd';
  return isZstd
    ? { path: `${name}.zst`, unpack: 'zstd --decompress --stdout' }
    : { path: `${name}.gz`, unpack: 'gunzip' };
};

/** Whether the backup has a part, as far as is known. */
export const hasPart = ({ manifest }: KitFacts, part: keyof Manifest['parts']): boolean =>
  manifest === undefined || ['complete', 'partial'].includes(manifest.parts[part].status);
