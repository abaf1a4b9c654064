/** Remembers what was used last, up to a total weight; what is forgotten is read again from the log. */
export class Recent<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  private total = 0;

  constructor(private readonly limit: number) {}

  has(key: string): boolean {
    return this.entries.has(key);
  }

  get(key: string): Value | undefined {
    return this.entries.get(key)?.value;
  }

  set(key: string, value: Value, weight = 1): void {
    this.total += weight - (this.entries.get(key)?.weight ?? 0);
    this.entries.delete(key);
    this.entries.set(key, { value, weight });
  }

  /** Forgets what was not used for the longest time. */
  trim(): void {
    for (const [key, { weight }] of this.entries) {
      if (this.total <= this.limit) return;
      this.entries.delete(key);
      this.total -= weight;
    }
  }
}
