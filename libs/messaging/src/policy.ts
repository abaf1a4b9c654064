/** How deliveries are leased, tried again and given up. Times in milliseconds. */
export interface Policy {
  /** A delivery that nobody has spoken for this long goes to another replica. Running handlers speak every quarter of it. */
  readonly ackWaitMs: number;
  /** How often a handler may fail before the failure is recorded. Restarts do not count. */
  readonly attempts: number;
  /** Pauses before the next attempt; the last one repeats. */
  readonly backoffMs: readonly number[];
  /** The end of a crash loop: the server gives a delivery out this often, whatever the reason. */
  readonly maxDeliver: number;
  /** How long handlers may go on after shutdown began. */
  readonly graceMs: number;
  /** How long one request for work waits at the server. */
  readonly pullMs: number;
}

const standard: Policy = {
  ackWaitMs: 5 * 60_000,
  attempts: 5,
  backoffMs: [10_000, 60_000, 5 * 60_000, 15 * 60_000],
  maxDeliver: 20,
  graceMs: 20_000,
  pullMs: 20_000,
};

/** The standard policy with some of it replaced. Throws when the server would give up before the policy does. */
export const policyOf = (partial: Partial<Policy> = {}): Policy => {
  const policy = { ...standard, ...partial };
  if (policy.attempts >= policy.maxDeliver)
    throw new Error(`maxDeliver (${policy.maxDeliver}) must be greater than attempts (${policy.attempts})`);
  return policy;
};
