import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's space for new objects at the size that it has now. It would grow to 128 MB in a service that streams, and hold nothing
 * but garbage: pages and chunks that are done with. Set while the process runs, so that it does not depend on how it is started.
 */
export const keepYoungGenerationSmall = (): void => {
  // `--max-semi-space-size` has no effect any more once the heap is there; how fast it grows is looked up each time.
  setFlagsFromString('--semi-space-growth-factor=1');
};
