import { Controller } from '@nestjs/common';
import { foldRestore, type Restore, type RestoreFact } from '@nocodb-backup/backup';
import {
  type Part,
  PermanentError,
  RestoreCompleted,
  RestoreFailed,
  RestorePlanned,
  RestoreRefused,
  RestoreRequested,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, On } from '@nocodb-backup/messaging';
import { FirstOf, openBackup, type StoredBackup, unlockingOf } from '@nocodb-backup/vault';
import { boundedWarnings } from './bounded.js';
import { performSteps } from './perform-steps.js';
import { RefusedError } from './refused-error.js';
import type { Work } from './restoration.js';
import { restorationOf } from './restorations.js';
import { checkStillWanted } from './still-wanted.js';
import { Target } from './target.js';

type Request = RestoreRequested['data'];

/** Puts back what people ask for: plans, checks the backup, and does step after step, each of them recorded. */
@Controller()
export class Restorer {
  constructor(
    private readonly log: EventLog,
    private readonly vault: FirstOf,
    private readonly target: Target,
  ) {}

  @On(RestoreRequested, {
    unless: [RestoreCompleted, RestoreFailed, RestoreRefused],
    failed: ({ data: { restoreId } }, failure) => RestoreFailed({ restoreId, failure }),
  })
  async restore({ data }: RestoreRequested, delivery: Delivery) {
    try {
      return await this.restored(data, delivery);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return RestoreRefused({ restoreId: data.restoreId, reason: error.message });
    }
  }

  private async restored(request: Request, delivery: Delivery) {
    const { restoreId, planOnly, kind } = request;
    const { signal, attemptId } = delivery;
    const before = await this.known(restoreId, delivery);
    if (planOnly && before?.plan) return undefined;
    if (!before?.plan) checkStillWanted(request, new Date());
    const backup = await this.opened(request, before);
    const work: Work = { request, backup, attemptId, signal, progress: delivery.progress };
    const restoration = restorationOf(kind, this.target);
    const plan = before?.plan ?? (await restoration.plan(work));
    const planned = RestorePlanned({
      restoreId,
      steps: [...plan.steps],
      warnings: boundedWarnings(plan.warnings),
    });
    if (planOnly) return planned;
    // What another attempt planned first stands: it may have begun.
    const { recorded } = await this.log.append(planned, delivery.cause, { signal });
    const standing = RestorePlanned.read(recorded.data, recorded.version);
    const done = new Map(before?.steps);
    const steps = { log: this.log, cause: delivery.cause, restoration };
    return performSteps(steps, { ...work, plan: standing, done });
  }

  private async opened({ backupId, kind }: Request, before: Restore | undefined): Promise<StoredBackup> {
    const backup = await openBackup(this.vault, backupId, unlockingOf(this.target.config));
    if (backup.locked === undefined || !backup.lockedParts?.has(partOf(kind))) return backup;
    // Once a restore is planned, an earlier attempt may have touched something.
    throw before?.plan ? new PermanentError(backup.locked) : new RefusedError(backup.locked);
  }

  private async known(restoreId: string, { sequence, signal }: Delivery): Promise<Restore | undefined> {
    const facts: RestoreFact[] = [];
    for await (const fact of this.log.read(`evt.restore.${restoreId}.>`, { upTo: sequence, signal }))
      facts.push(fact as RestoreFact);
    return foldRestore(facts);
  }
}

/** The part of a backup that a restore reads. */
const partOf = (kind: Request['kind']): Part => (kind === 'dump' || kind === 'files' ? kind : 'export');
