import type { z } from 'zod';
import { type Connection, Http } from './http.js';
import { Base } from './schemas.js';

/** The writing half of NocoDB's REST API, version 2. Requests may throw an UncertainError: look before you repeat them. */
export class NocoDbWriter {
  readonly #http: Http;

  constructor(connection: Connection) {
    this.#http = new Http(connection);
  }

  async createBase(base: object, signal: AbortSignal): Promise<Base> {
    return this.#post('api/v2/meta/bases', Base, base, signal);
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #post<T>(path: string, schema: z.ZodType<T>, body: unknown, signal: AbortSignal): Promise<T> {
    return this.#http.send({ method: 'POST', path, schema, body }, signal);
  }
}
