import type { Ending } from './child.js';
import type { Installation } from './installation.js';

/** What the restore verbs print with `--json`, as far as the tests look. */
export interface Outcome {
  readonly id: string;
  readonly verdict: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly leftOut: readonly {
    readonly what: string;
    readonly reason: string;
    readonly count: number;
    readonly examples: readonly string[];
  }[];
  readonly warnings: readonly string[];
  readonly next: readonly string[];
  readonly failure: { readonly reason: string; readonly attempts: number | null } | null;
}

export interface FullOutcome {
  readonly verdict: string;
  readonly restores: readonly Outcome[];
  readonly notRestored: readonly string[];
  readonly next: readonly string[];
}

export interface Ended<Result = Outcome> extends Ending {
  readonly outcome: Result;
}

/** Runs a restore verb with `--force --json` to its end. */
export const ended = async <Result = Outcome>(
  installation: Installation,
  ...args: readonly string[]
): Promise<Ended<Result>> => {
  const ending = await installation.cli([...args, '--force', '--json']);
  try {
    return { ...ending, outcome: JSON.parse(ending.out) as Result };
  } catch {
    throw new Error(`${args.join(' ')} ended with ${String(ending.code)}: ${ending.out}${ending.err}`);
  }
};

/** The same, which must end with this code; throws what it said else. */
export const outcomeOf = async <Result = Outcome>(
  installation: Installation,
  args: readonly string[],
  code = 0,
): Promise<Result> => {
  const { outcome, ...ending } = await ended<Result>(installation, ...args);
  if (ending.code === code) return outcome;
  throw new Error(`${args.join(' ')} ended with ${String(ending.code)}: ${ending.out}${ending.err}`);
};

/** Makes a backup; throws what was said unless it is complete. */
export const backedUp = async (installation: Installation, ...args: readonly string[]): Promise<string> => {
  const { code, out, err } = await installation.cli(['backup', '--json', ...args]);
  if (code !== 0) throw new Error(`backup ended with ${String(code)}: ${out}${err}`);
  return (JSON.parse(out) as { id: string }).id;
};
