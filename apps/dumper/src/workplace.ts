import type { Staging } from '@nocodb-backup/vault';

/** What the attempt at a part is given. */
export interface Workplace {
  readonly staging: Staging;
  readonly signal: AbortSignal;
  readonly progress: (figures: Readonly<Record<string, number>>) => void;
}

/** Does the work, and tells its figures every second meanwhile. */
export const tellingEverySecond = async <Result>(
  { progress }: Workplace,
  figures: () => Readonly<Record<string, number>>,
  work: Promise<Result>,
): Promise<Result> => {
  const timer = setInterval(() => {
    progress(figures());
  }, 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
};
