import type { BuildProgress } from './build.js';

/** What a rebuild came to. */
export interface BuildResult {
  readonly events: number;
  readonly seconds: number;
}

interface Wish {
  readonly wanted: AbortController;
  readonly result: PromiseWithResolvers<BuildResult>;
}

/** What people ask of the projector: to build the tables anew, and how far that is. */
export class Rebuilds {
  /** Rebuilds since the start. */
  count = 0;
  last: BuildProgress = { sequence: 0, end: 0 };
  private next = freshWish();

  /** Aborts when somebody wants a rebuild. */
  wish(): AbortSignal {
    return this.next.wanted.signal;
  }

  /** Asks for one, or joins who has asked; yields how far it is, every half second, and in the end what it came to. */
  async *asked(): AsyncGenerator<object> {
    const { wanted, result } = this.next;
    wanted.abort();
    const { promise } = result;
    const tick = () => new Promise<undefined>((resolve) => setTimeout(resolve, 500, undefined).unref());
    let end = await Promise.race([tick(), promise]);
    while (!end) {
      yield { ...this.last };
      end = await Promise.race([tick(), promise]);
    }
    yield { ...end };
  }

  progress(progress: BuildProgress): void {
    this.last = progress;
  }

  done(result: BuildResult): void {
    this.count++;
    this.settle().resolve(result);
  }

  failed(error: Error): void {
    this.settle().reject(error);
  }

  /** Whoever asks from now on asks for another one. */
  private settle(): PromiseWithResolvers<BuildResult> {
    const { result } = this.next;
    this.next = freshWish();
    return result;
  }
}

const freshWish = (): Wish => {
  const result = Promise.withResolvers<BuildResult>();
  result.promise.catch(() => undefined);
  return { wanted: new AbortController(), result };
};
