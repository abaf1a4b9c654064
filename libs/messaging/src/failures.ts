import { type KV, Kvm } from '@nats-io/kv';
import type { Connection } from './connection.js';
import { failuresBucket } from './topology.js';

/** How often each delivery failed, counted for all replicas together. Restarts and hand-backs are not failures. */
export class Failures {
  private constructor(
    private readonly connection: Connection,
    private readonly bucket: KV,
  ) {}

  static async open(connection: Connection): Promise<Failures> {
    return new Failures(connection, await new Kvm(connection.js).open(failuresBucket));
  }

  async of(durable: string, sequence: number): Promise<number> {
    return (await this.entry(keyOf(durable, sequence))).count;
  }

  /** Counts one more failure and returns how many there are. */
  async add(durable: string, sequence: number): Promise<number> {
    const key = keyOf(durable, sequence);
    for (let tries = 0; ; tries++) {
      const { count, revision } = await this.entry(key);
      try {
        await this.write(key, `${count + 1}`, revision);
        return count + 1;
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** The delivery is settled; nobody will ask again. */
  async forget(durable: string, sequence: number): Promise<void> {
    await this.connection.ask(() => this.bucket.delete(keyOf(durable, sequence)));
  }

  /** Fails when another replica wrote meanwhile. */
  private async write(key: string, count: string, revision: number): Promise<void> {
    await this.connection.ask(() =>
      revision > 0 ? this.bucket.update(key, count, revision) : this.bucket.create(key, count),
    );
  }

  private async entry(key: string): Promise<{ count: number; revision: number }> {
    const entry = await this.connection.ask(() => this.bucket.get(key));
    if (!entry) return { count: 0, revision: 0 };
    return { count: entry.operation === 'PUT' ? Number(entry.string()) : 0, revision: entry.revision };
  }
}

const keyOf = (durable: string, sequence: number): string => `${durable}.${sequence}`;
