import { main } from '@nocodb-backup/service';
import { catalog } from './service.js';

await main(catalog);
