import { Controller } from '@nestjs/common';
import type { Backup } from '@nocodb-backup/backup';
import {
  BackupExpired,
  DeletionRequested,
  PermanentError,
  VerificationFailed,
  VerificationRequested,
  Verified,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, type Failure, On } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import { boundedFindings, boundedWarnings } from './bounded.js';
import { unlockingOf } from '@nocodb-backup/vault';
import { Target } from './target.js';
import { drillBackup } from './verification/drill-backup.js';
import { type Outcome, reasonOf } from './verification/outcome.js';
import { Places } from './verification/places.js';
import { verifyBackup } from './verification/verify-backup.js';
import { type Where, whereItLies } from './verification/where-it-lies.js';

type Request = VerificationRequested['data'];
type Look = (backup: Backup | undefined, where: Where) => Promise<Outcome>;

const common = {
  unless: [Verified, VerificationFailed],
  failed: ({ data: { backupId, n, kind } }: VerificationRequested, failure: Failure) =>
    VerificationFailed({ backupId, n, kind, findings: [], failure }),
};

/** Says whether backups are as they were stored, and whether they can be restored. In lanes of its own: nothing waits for a restore. */
@Controller()
export class Verifier {
  constructor(
    private readonly log: EventLog,
    private readonly places: Places,
    private readonly target: Target,
  ) {}

  @On(VerificationRequested, { ...common, lane: 'verify' })
  async verify({ data: request }: VerificationRequested, delivery: Delivery) {
    if (request.kind !== 'verify') return undefined;
    return this.answer(request, delivery, (backup, { places }) => {
      const manifest =
        backup?.ending?.state === 'sealed' ? (backup.ending.data.manifest ?? undefined) : undefined;
      const unlocking = unlockingOf(this.target.config);
      return verifyBackup({ request, places, manifest, unlocking, delivery });
    });
  }

  @On(VerificationRequested, { ...common, lane: 'drill' })
  async drill({ data: request }: VerificationRequested, delivery: Delivery) {
    if (request.kind !== 'drill') return undefined;
    const { config, database } = this.target;
    const unlocking = unlockingOf(config);
    const server = config.NOCODB_BACKUP_DRILL_DATABASE_URL ?? database;
    const timeoutSeconds = config.NOCODB_BACKUP_DATABASE_RESTORE_TIMEOUT;
    const encryptKey = config.NC_CONNECTION_ENCRYPT_KEY;
    return this.answer(request, delivery, (_, { places: [place] }) =>
      drillBackup({ request, place, server, timeoutSeconds, encryptKey, unlocking, delivery }).catch(
        (error: unknown) => {
          delivery.signal.throwIfAborted();
          throw server === database ? error : onDrillServer(error);
        },
      ),
    );
  }

  private async answer(request: Request, delivery: Delivery, look: Look) {
    const { backupId, n, kind, sample } = request;
    const { signal, sequence: upTo, attempt: attempts } = delivery;
    const began = performance.now();
    const backup = await readBackup(this.log, backupId, { upTo, signal });
    const where = await whereItLies(this.places, backup, backupId);
    const { findings, trouble, warnings, ...figures } = await look(backup, where);
    if (findings.length > 0) {
      await this.checkNotDeleted(request, delivery);
      const failure = trouble && { reason: reasonOf(trouble).slice(0, 4000), attempts };
      const found = { backupId, n, kind, findings: boundedFindings(findings) };
      return VerificationFailed({ ...found, ...(failure ? { failure } : {}) });
    }
    if (trouble) throw trouble;
    return Verified({
      ...{ backupId, n, kind, sample },
      ...figures,
      destinations: [...figures.destinations],
      seconds: (performance.now() - began) / 1000,
      warnings: boundedWarnings([...where.warnings, ...warnings]),
    });
  }

  /** What is taken away while it is looked at is not damaged. */
  private async checkNotDeleted({ backupId }: Request, { sequence, signal }: Delivery): Promise<void> {
    const types: readonly string[] = [DeletionRequested.type, BackupExpired.type];
    for await (const fact of this.log.read(`evt.backup.${backupId}.>`, { upTo: sequence, signal }))
      if (fact.sequence > sequence && types.includes(fact.type))
        throw new Error(`backup ${backupId} is being deleted: nothing can be said of it`);
  }
}

/** PostgreSQL's errors tell of the variables of NocoDB's own database. */
const onDrillServer = (error: unknown): Error => {
  const Kind = error instanceof PermanentError ? PermanentError : Error;
  return new Kind(`on the server of NOCODB_BACKUP_DRILL_DATABASE_URL: ${reasonOf(error)}`, { cause: error });
};
