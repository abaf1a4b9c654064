import { dumper } from '@nocodb-backup/dumper';
import { exporter } from '@nocodb-backup/exporter';
import { restorer } from '@nocodb-backup/restorer';
import { scheduler } from '@nocodb-backup/scheduler';
import type { Service } from '@nocodb-backup/service';
import { uploader } from '@nocodb-backup/uploader';

/** Everything that a backup and its restore need, in the order in which it starts: who listens comes before who asks. */
export const services: readonly Service[] = [uploader, restorer, dumper, exporter, scheduler];
