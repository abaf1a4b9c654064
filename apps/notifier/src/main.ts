import { main } from '@nocodb-backup/service';
import { notifier } from './service.js';

await main(notifier);
