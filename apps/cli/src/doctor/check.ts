/** What a check found; `advice` says what to do when it is not ok. */
export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail';
  readonly text: string;
  readonly advice?: string;
}

/** One thing that `doctor` looks at. What it throws counts as a failure. */
export interface Check {
  readonly name: string;
  find(signal: AbortSignal): Promise<Finding>;
}

export type Checked = Finding & { readonly name: string };

export const ok = (text: string): Finding => ({ status: 'ok', text });
export const warn = (text: string, advice: string): Finding => ({ status: 'warn', text, advice });
export const fail = (text: string, advice: string): Finding => ({ status: 'fail', text, advice });

/** Runs all checks at once, each within the limit; one that fails does not keep the others from being run. */
export const runChecks = (
  checks: readonly Check[],
  signal: AbortSignal,
  limitMs: number,
): Promise<Checked[]> =>
  Promise.all(checks.map(async (check) => ({ name: check.name, ...(await found(check, signal, limitMs)) })));

const found = async (check: Check, outer: AbortSignal, limitMs: number): Promise<Finding> => {
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([outer, limit]);
  try {
    return await Promise.race([check.find(signal), aborted(signal)]);
  } catch (error) {
    outer.throwIfAborted();
    if (!limit.aborted) return { status: 'fail', text: (error as Error).message };
    return fail(
      `no answer within ${limitMs / 1000} s`,
      'Is it overloaded, or does a firewall swallow the packets?',
    );
  }
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
