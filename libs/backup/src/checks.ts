import type {
  VerificationEvent,
  VerificationFailed,
  VerificationKind,
  VerificationRequested,
  Verified,
} from '@nocodb-backup/events';
import type { Moment } from './backup.js';

/** A fact about whether a backup is whole, with its place in the log. */
export type CheckFact = VerificationEvent & Moment;

/** How a verification or drill ended. */
export type CheckEnding = (Verified | VerificationFailed) & Moment;

/** What verifications and drills have said of a backup: the last word of each sort. */
export interface Checks {
  /** Every byte was as it was stored. */
  readonly verified: (Verified & Moment) | undefined;
  /** The same, of a share of the attached files alone. */
  readonly sampled: (Verified & Moment) | undefined;
  /** Its dump was restored on trial. */
  readonly proven: (Verified & Moment) | undefined;
  /** Damage that stands: a later check of the same kind, which saw as much, takes it back. */
  readonly damage: Readonly<Partial<Record<VerificationKind, VerificationFailed & Moment>>>;
  /** How the last check of each kind ended, whatever it was. */
  readonly last: Readonly<Partial<Record<VerificationKind, CheckEnding>>>;
}

/** Of a backup that nobody has looked at. */
export const noChecks: Checks = {
  verified: undefined,
  sampled: undefined,
  proven: undefined,
  damage: {},
  last: {},
};

/** Whether the fact is about the wholeness of a backup, and not about its making. */
export const isCheckFact = <Fact extends { readonly type: string }>(
  fact: Fact,
): fact is Extract<Fact, { readonly type: CheckFact['type'] }> =>
  fact.type === 'VerificationRequested' || fact.type === 'Verified' || fact.type === 'VerificationFailed';

/** Adds one fact to what is known. What could not be looked at says nothing of the backup. */
export const evolveChecks = (checks: Checks, fact: CheckFact): Checks => {
  switch (fact.type) {
    case 'VerificationRequested':
      return checks;
    case 'Verified':
      return withSuccess(checks, fact);
    case 'VerificationFailed': {
      const { kind, findings } = fact.data;
      const damage = findings.length > 0 ? { ...checks.damage, [kind]: fact } : checks.damage;
      return { ...checks, damage, last: { ...checks.last, [kind]: fact } };
    }
  }
};

const withSuccess = (checks: Checks, fact: Verified & Moment): Checks => {
  const { kind, sample } = fact.data;
  const last = { ...checks.last, [kind]: fact };
  if (kind === 'verify' && sample !== 'full') return { ...checks, last, sampled: fact };
  const damage = { ...checks.damage, [kind]: undefined };
  return { ...checks, last, damage, [kind === 'verify' ? 'verified' : 'proven']: fact };
};

/** One verification or drill, folded from its facts. */
export interface Verification {
  readonly requestedAt: Date;
  readonly request: VerificationRequested['data'];
  readonly ending: CheckEnding | undefined;
}

/** Adds one fact of the backup to what is known of its verification `n`; facts of others change nothing. */
export const evolveVerification =
  (n: string) =>
  (
    verification: Verification | undefined,
    fact: Moment & { readonly type: string; readonly data: unknown },
  ): Verification | undefined => {
    const known = fact as CheckFact;
    if (!isCheckFact(known) || known.data.n !== n) return verification;
    if (known.type === 'VerificationRequested')
      return verification ?? { requestedAt: known.time, request: known.data, ending: undefined };
    return verification && { ...verification, ending: verification.ending ?? known };
  };
