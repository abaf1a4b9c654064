/** Runs so many things at a time; the first failure is thrown by whoever comes next. */
export class Lanes {
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly most: number) {}

  /** Waits for a free lane, then starts the work and does not wait for it. */
  async run(work: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.most) await Promise.race(this.running);
    this.check();
    const own: Promise<void> = work()
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.running.delete(own));
    this.running.add(own);
  }

  /** Waits for all of it. */
  async ended(): Promise<void> {
    await Promise.all(this.running);
    this.check();
  }

  private check(): void {
    if (this.failure) throw this.failure.error;
  }
}
