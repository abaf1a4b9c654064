// Writes what each user of the NATS server may do. `npm test` fails when one of the files is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissionFiles } from '@nocodb-backup/sidecar';

for (const { name, text } of permissionFiles())
  writeFileSync(join(import.meta.dirname, '../deploy/nats', name), text);
