import { Injectable } from '@nestjs/common';
import { retentionFacts, retentionPlan, type RetentionPolicy } from '@nocodb-backup/backup';
import { EventLog } from '@nocodb-backup/messaging';
import { readLyingBackups } from '@nocodb-backup/service';

/** How long the backups of one source are kept. */
export class Keeping {
  constructor(
    readonly source: string,
    readonly policy: RetentionPolicy,
  ) {}
}

/** Says of each backup in each destination whether it stays. Any number of schedulers may do so: a backup expires once. */
@Injectable()
export class Judge {
  constructor(
    private readonly log: EventLog,
    private readonly keeping: Keeping,
  ) {}

  /** What is to be recorded by now; `again` names a run that also asks again for what could not be deleted before. */
  async facts(options: { readonly upTo?: number; readonly signal: AbortSignal; readonly again?: string }) {
    const { source, policy } = this.keeping;
    const backups = await readLyingBackups(this.log, options);
    const own = backups.filter(({ request }) => request.source === source);
    return retentionFacts(retentionPlan(own, policy, new Date()), policy, options.again);
  }
}
