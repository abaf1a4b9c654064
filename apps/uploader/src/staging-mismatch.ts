import { PermanentError } from '@nocodb-backup/events';
import type { Places } from './places.js';

/** Says, where something staged is missing, which settings may be the reason. Answers what `work` does. */
export const explained = async <Result>(
  { staging }: Pick<Places, 'staging'>,
  work: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PermanentError) || !/missing|vanished|not in the bucket/.test(error.message))
      throw error;
    throw new PermanentError(
      `${error.message} (the uploader looks for what was staged ${places[staging]}: dumper, exporter and uploader must be told ` +
        'the same NOCODB_BACKUP_STAGING, and the same directory or bucket)',
      { cause: error },
    );
  }
};

const places = {
  local: 'in NOCODB_BACKUP_DIR, as NOCODB_BACKUP_STAGING is local here',
  s3: 'in NOCODB_BACKUP_S3_BUCKET, as NOCODB_BACKUP_STAGING is s3 here',
};
