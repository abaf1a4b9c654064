import { PermanentError, type RestoreKind } from '@nocodb-backup/events';
import { RestoreAttachments } from './attachments/restore-attachments.js';
import { RestoreFiles } from './files/restore-files.js';
import { RestoreDump } from './dump/restore-dump.js';
import { RecordsRestoration } from './records/records-restoration.js';
import type { Restoration } from './restoration.js';
import { RestoreSchema } from './schema/restore-schema.js';
import type { Target } from './target.js';

/** How each kind of thing is put back. */
const restorations: Partial<Record<RestoreKind, (target: Target) => Restoration>> = {
  attachments: (target) => new RestoreAttachments(target),
  dump: (target) => new RestoreDump(target),
  files: (target) => new RestoreFiles(target),
  schema: (target) => new RestoreSchema(target),
  records: (target) => new RecordsRestoration(target),
};

/** The restoration of a kind, for one attempt. */
export const restorationOf = (kind: RestoreKind, target: Target): Restoration => {
  const make = restorations[kind];
  if (!make) throw new PermanentError(`this restorer cannot restore ${kind}`);
  return make(target);
};
