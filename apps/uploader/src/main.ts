import { main } from '@nocodb-backup/service';
import { uploader } from './service.js';

await main(uploader);
