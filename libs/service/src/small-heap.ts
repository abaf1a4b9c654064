import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8 collect garbage rather than grow: a service that streams makes much garbage and keeps little, and V8's usual limits would let
 * pages and chunks that are done with fill hundreds of megabytes. Set while the process runs, so that it does not depend on how it is
 * started; bench/README.md has the figures.
 */
export const keepHeapSmall = (): void => {
  // `--max-semi-space-size` has no effect any more once the heap is there; how fast spaces grow is looked up each time.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
};
