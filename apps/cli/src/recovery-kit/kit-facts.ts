import type { Manifest } from '@nocodb-backup/backup';
import type { PostgresConnection } from '@nocodb-backup/postgres';
import type { S3Connection } from '@nocodb-backup/vault';

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
}

/** Public keys that the kit's backup is encrypted for: of its manifest, else as new ones are. */
export const recipientsOf = ({ manifest, recipients }: KitFacts): readonly string[] =>
  manifest ? (manifest.encryption?.recipients ?? []) : recipients;

/** Whether a file of the backup is encrypted. */
export const isEncrypted = (facts: KitFacts, path: string): boolean =>
  facts.manifest
    ? facts.manifest.artifacts.some((artifact) => artifact.path === `${path}.age`)
    : facts.recipients.length > 0;

/** Whether the backup has a part, as far as is known. */
export const hasPart = ({ manifest }: KitFacts, part: keyof Manifest['parts']): boolean =>
  manifest === undefined || ['complete', 'partial'].includes(manifest.parts[part].status);
