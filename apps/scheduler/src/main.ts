import { main } from '@nocodb-backup/service';
import { scheduler } from './service.js';

await main(scheduler);
