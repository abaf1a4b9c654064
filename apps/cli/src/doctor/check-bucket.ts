import { parseConfig } from '@nocodb-backup/service';
import { S3Settings, type S3Vault, s3VaultOf } from '@nocodb-backup/vault';
import type { CliContext } from '../context.js';
import { countText } from '../views/figures.js';
import { type Check, fail, type Finding, ok, warn } from './check.js';

const DAY_MS = 24 * 3_600_000;

/** The bucket answers, takes the keys, and does with a small object what a backup needs. */
export const bucketCheck = (context: CliContext): Check => ({
  name: 'bucket',
  find: async (signal) => {
    const bucket = s3VaultOf(parseConfig(S3Settings, context.environment()));
    if (!bucket) return ok('none is wanted (NOCODB_BACKUP_S3_BUCKET)');
    try {
      return await tried(bucket, signal);
    } finally {
      bucket.close();
    }
  },
});

const tried = async (bucket: S3Vault, signal: AbortSignal): Promise<Finding> => {
  try {
    await bucket.probe(signal);
  } catch (error) {
    signal.throwIfAborted();
    return fail(
      (error as Error).message,
      'docs/operations.md names the rights that the keys need, under "S3"',
    );
  }
  const old = (await bucket.unfinished(signal)).filter(
    ({ begun }) => begun.getTime() < Date.now() - 2 * DAY_MS,
  );
  const text = `${bucket.name} takes objects, whole and in parts, gives them back, lists and deletes them`;
  if (old.length === 0) return ok(text);
  return warn(
    `${text}; ${countText(old.length, 'upload')} begun days ago and never completed`,
    'The next backup clears away those of backups that have ended. Others cost money until a lifecycle rule or somebody aborts them',
  );
};
