/** How far something was, and when. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** Apart enough to tell them from jitter, and together long enough for a rate that does not jump. */
const apartMs = 500;
const mostKept = 40;

/** The samples with one more; those of an earlier attempt, which was farther, are forgotten. */
export const withSample = (samples: readonly Sample[], sample: Sample): readonly Sample[] => {
  const last = samples.at(-1);
  if (!last || sample.value < last.value) return [sample];
  if (sample.atMs - last.atMs < apartMs) return samples;
  return [...samples, sample].slice(-mostKept);
};

/** How much a second; undefined until a second has been seen. */
export const rateOf = (samples: readonly Sample[]): number | undefined => {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || last.atMs - first.atMs < 1000) return undefined;
  return (last.value - first.value) / ((last.atMs - first.atMs) / 1000);
};
