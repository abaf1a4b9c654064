// Writes the documents that are made from the code. `npm test` fails when one of them is stale.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsDocument } from '@nocodb-backup/events';

writeFileSync(join(import.meta.dirname, '../docs/events.md'), eventsDocument());
