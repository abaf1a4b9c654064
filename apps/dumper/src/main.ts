import { main } from '@nocodb-backup/service';
import { dumper } from './service.js';

await main(dumper);
