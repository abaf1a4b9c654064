// Writes the documents that are made from the code. `npm test` fails when one of them is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsDocument, readmeWithEvents } from '@nocodb-backup/events';

writeFileSync(join(import.meta.dirname, '../docs/events.md'), eventsDocument());
const readme = join(import.meta.dirname, '../README.md');
writeFileSync(readme, readmeWithEvents(readFileSync(readme, 'utf8')));
