import { z } from 'zod';
import { type Connection, Http } from './http.js';
import { Row } from './schemas.js';

/** A record to be written: values by column id, which no renaming changes. NocoDB ignores keys that it does not know. */
export type RecordBody = Readonly<Record<string, unknown>>;

/** Whose links. */
export interface LinkPlace {
  readonly tableId: string;
  readonly columnId: string;
  readonly recordId: string;
}

const Anything = z.unknown();
const Rows = z.array(Row);

/** Writes records and links. Requests may throw an UncertainError: look before you repeat them. `close()` it. */
export class RecordWriter {
  readonly #http: Http;

  constructor(connection: Connection) {
    this.#http = new Http(connection);
  }

  /**
   * Inserts all of the records or none, with the ids and the order that they bring. The sequence of the ids does not move: new
   * records get an error until it has passed them.
   */
  async insertWithIds(tableId: string, records: readonly RecordBody[], signal: AbortSignal): Promise<void> {
    await this.#send('POST', tableId, { records, signal, query: { undo: 'true' } });
  }

  /** Inserts all of the records or none; their new keys by column title, in the order of the records. */
  async insert(
    tableId: string,
    records: readonly RecordBody[],
    signal: AbortSignal,
  ): Promise<readonly Row[]> {
    return Rows.parse(await this.#send('POST', tableId, { records, signal }));
  }

  /** Changes the columns that the records name, found by their key; all of the records or none. */
  async update(tableId: string, records: readonly RecordBody[], signal: AbortSignal): Promise<void> {
    await this.#send('PATCH', tableId, { records, signal });
  }

  /** Deletes all of the records or, when one of them is not there (HTTP 404), none. */
  async remove(tableId: string, records: readonly RecordBody[], signal: AbortSignal): Promise<void> {
    await this.#send('DELETE', tableId, { records, signal });
  }

  /** Links a record with others by their ids, all or none of them. What is linked already stays linked; nothing may be named twice. */
  async link(place: LinkPlace, ids: readonly unknown[], signal: AbortSignal): Promise<void> {
    await this.#links('POST', place, { records: ids, signal });
  }

  async unlink(place: LinkPlace, ids: readonly unknown[], signal: AbortSignal): Promise<void> {
    await this.#links('DELETE', place, { records: ids, signal });
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #send(method: 'POST' | 'PATCH' | 'DELETE', tableId: string, { records, signal, query }: Sending) {
    const path = `api/v2/tables/${tableId}/records`;
    return this.#http.send(
      { method, path, schema: Anything, body: records, ...(query && { query }) },
      signal,
    );
  }

  async #links(method: 'POST' | 'DELETE', place: LinkPlace, { records, signal }: Sending): Promise<void> {
    const { tableId, columnId, recordId } = place;
    const path = `api/v2/tables/${tableId}/links/${columnId}/records/${recordId}`;
    await this.#http.send({ method, path, schema: Anything, body: records }, signal);
  }
}

interface Sending {
  readonly records: readonly unknown[];
  readonly signal: AbortSignal;
  readonly query?: Readonly<Record<string, string>>;
}
