import { main } from '@nocodb-backup/service';
import { restorer } from './service.js';

await main(restorer);
