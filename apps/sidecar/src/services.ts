import { catalog } from '@nocodb-backup/catalog';
import { dumper } from '@nocodb-backup/dumper';
import { exporter } from '@nocodb-backup/exporter';
import { notifier } from '@nocodb-backup/notifier';
import { restorer } from '@nocodb-backup/restorer';
import { scheduler } from '@nocodb-backup/scheduler';
import type { Service } from '@nocodb-backup/service';
import { uploader } from '@nocodb-backup/uploader';

/** Everything that backups, restores and who looks at them need, in the order in which it starts: who listens comes before who asks. */
export const services: readonly Service[] = [
  notifier,
  uploader,
  restorer,
  dumper,
  exporter,
  scheduler,
  catalog,
];
