import { service } from '@nocodb-backup/service';
import { UploaderConfig } from './config.js';
import { Deleter } from './deleter.js';
import { Leftovers } from './leftovers.js';
import { Places } from './places.js';
import { Uploader } from './uploader.js';
import { Uploads } from './uploads.js';

/** The vault's write side: brings parts to the bucket, moves them to their place, seals the backup with its manifest, and deletes it. */
export const uploader = service({
  name: 'uploader',
  config: UploaderConfig,
  controllers: [Uploader, Uploads, Deleter],
  providers: (config) => [{ provide: Places, useFactory: () => new Places(config) }, Leftovers],
  slots: ({ NOCODB_BACKUP_UPLOAD_CONCURRENCY: upload }) => ({ upload }),
});
