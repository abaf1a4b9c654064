import { z } from 'zod';

const MIB = 1024 * 1024;

/** The variables that say where backups go besides the local directory: nowhere, unless a bucket is named. */
export const S3Settings = z.object({
  NOCODB_BACKUP_S3_BUCKET: z.string().min(3).max(63).optional(),
  /** Without it Amazon's own. */
  NOCODB_BACKUP_S3_ENDPOINT_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address, such as https://s3.example.com' })
    .optional(),
  NOCODB_BACKUP_S3_REGION: z.string().default('us-east-1'),
  /** Without both keys the usual sources of the AWS SDK are asked: profile, container, instance. */
  NOCODB_BACKUP_S3_ACCESS_KEY: z.string().optional(),
  NOCODB_BACKUP_S3_SECRET_KEY: z.string().optional(),
  NOCODB_BACKUP_S3_PREFIX: z
    .string()
    .regex(/^[^/\\\s][^\\\s]*$/, 'must not begin with a slash or hold blanks')
    .default('nocodb-backup'),
  /** MiB of one part of a large object; 10,000 of them are the largest object of unknown size. */
  NOCODB_BACKUP_S3_PART_MIB: z.coerce.number().int().min(5).max(1024).default(16),
});
export type S3Settings = z.output<typeof S3Settings>;

/** Keys come in pairs; for `superRefine` of what holds these variables. */
export const s3Problems = (settings: Wishes, context: z.RefinementCtx): void => {
  const pair = ['NOCODB_BACKUP_S3_ACCESS_KEY', 'NOCODB_BACKUP_S3_SECRET_KEY'] as const;
  const missing = pair.filter((name) => settings[name] === undefined);
  if (missing.length === 1)
    context.addIssue({ code: 'custom', path: missing, message: 'must be set, too: the keys come as a pair' });
  if (settings.NOCODB_BACKUP_S3_BUCKET !== undefined) return;
  const needy = [
    ...(settings.NOCODB_BACKUP_STAGING === 's3' ? ['NOCODB_BACKUP_STAGING=s3'] : []),
    ...(settings.NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3 === true
      ? ['NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3=true']
      : []),
  ];
  if (needy.length > 0)
    context.addIssue({
      code: 'custom',
      path: ['NOCODB_BACKUP_S3_BUCKET'],
      message: `must be set for ${needy.join(' and ')}`,
    });
};

/** What else a service may be told that makes no sense without a bucket. */
interface Wishes extends S3Settings {
  readonly NOCODB_BACKUP_STAGING?: 'local' | 's3';
  readonly NOCODB_BACKUP_DELETE_LOCAL_AFTER_S3?: boolean;
}

/** How to reach a bucket. */
export interface S3Connection {
  readonly bucket: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Without slashes at its ends. */
  readonly prefix: string;
  readonly partBytes: number;
  /** How long a request may stay without a byte in either direction, in milliseconds; a minute unless said. */
  readonly silenceMs?: number;
}

/** The bucket that the variables name, or undefined. */
export const s3ConnectionOf = (settings: S3Settings): S3Connection | undefined => {
  const { NOCODB_BACKUP_S3_BUCKET: bucket } = settings;
  if (bucket === undefined) return undefined;
  const accessKeyId = settings.NOCODB_BACKUP_S3_ACCESS_KEY;
  const secretAccessKey = settings.NOCODB_BACKUP_S3_SECRET_KEY;
  return {
    bucket,
    endpoint: settings.NOCODB_BACKUP_S3_ENDPOINT_URL,
    region: settings.NOCODB_BACKUP_S3_REGION,
    keys:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey }
        : undefined,
    prefix: settings.NOCODB_BACKUP_S3_PREFIX.replace(/\/+$/, ''),
    partBytes: settings.NOCODB_BACKUP_S3_PART_MIB * MIB,
  };
};
