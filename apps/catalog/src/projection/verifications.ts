import { evolveVerification, type Verification } from '@nocodb-backup/backup';
import type { Recorded } from '@nocodb-backup/messaging';
import type { ChangedRows } from './changed-rows.js';
import type { History } from './history.js';
import { verificationRow } from './other-rows.js';
import type { Part } from './projection.js';
import { Recent } from './recent.js';

const types = new Set(['VerificationRequested', 'Verified', 'VerificationFailed']);

/** Folds verifications and drills into their rows. */
export class Verifications implements Part {
  private readonly recent = new Recent<Verification | undefined>(1000);

  constructor(private readonly history: History) {}

  add(fact: Recorded, rows: ChangedRows): Promise<void> | undefined {
    return types.has(fact.type) ? this.addOwn(fact, rows) : undefined;
  }

  private async addOwn(fact: Recorded, rows: ChangedRows): Promise<void> {
    const { backupId, n } = fact.data as { readonly backupId: string; readonly n: string };
    const id = `${backupId}/${n}`;
    const evolved = evolveVerification(n);
    const known = this.recent.get(id) ?? (await this.read(backupId, n, fact));
    const verification = evolved(known, fact);
    this.recent.set(id, verification);
    this.recent.trim();
    if (verification) rows.set('verifications', id, verificationRow(verification));
  }

  private async read(
    backupId: string,
    n: string,
    { type, sequence }: Recorded,
  ): Promise<Verification | undefined> {
    if (type === 'VerificationRequested') return undefined;
    let verification: Verification | undefined;
    for (const earlier of types)
      for await (const recorded of this.history.before(`evt.backup.${backupId}.${earlier}.${n}`, sequence))
        verification = evolveVerification(n)(verification, recorded);
    return verification;
  }
}
