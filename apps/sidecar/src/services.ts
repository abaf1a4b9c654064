import { dumper } from '@nocodb-backup/dumper';
import { exporter } from '@nocodb-backup/exporter';
import { scheduler } from '@nocodb-backup/scheduler';
import type { Service } from '@nocodb-backup/service';
import { uploader } from '@nocodb-backup/uploader';

/** Everything that a backup needs, in the order in which it starts: who listens comes before who asks. */
export const services: readonly Service[] = [uploader, dumper, exporter, scheduler];
