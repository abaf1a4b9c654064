import { main } from '@nocodb-backup/service';
import { exporter } from './service.js';

await main(exporter);
