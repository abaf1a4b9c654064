import { z } from 'zod';
import { type Connection, Http, type Send } from './http.js';
import { Base, Hook, Loose, Table, View } from './schemas.js';

/** What NocoDB calls the views of a kind in its addresses. */
export type ViewKind = 'grids' | 'forms' | 'galleries' | 'kanbans' | 'calendars' | 'maps';

/** A filter or a sort that was made. */
const Made = Loose.extend({ id: z.string().min(1) });
export type Made = z.infer<typeof Made>;

/**
 * The writing half of NocoDB's REST API, version 2, for what describes data: bases, tables, columns, views, webhooks. Requests may
 * throw an UncertainError: look before you repeat them. One instance is one connection pool: `close()` it.
 */
export class NocoDbWriter {
  readonly #http: Http;

  constructor(connection: Connection) {
    this.#http = new Http(connection);
  }

  async createBase(base: object, signal: AbortSignal): Promise<Base> {
    return this.#post('bases', base, Base, signal);
  }

  /** The table with NocoDB's own columns and its first grid view. */
  async createTable(baseId: string, table: object, signal: AbortSignal): Promise<Table> {
    return this.#post(`bases/${baseId}/tables`, table, Table, signal);
  }

  /** The table with the new column. A link column brings its counterpart in the other table along. */
  async createColumn(tableId: string, column: object, signal: AbortSignal): Promise<Table> {
    return this.#post(`tables/${tableId}/columns`, column, Table, signal);
  }

  /** NocoDB wants title, type and name of the column, also where they stay as they are. */
  async updateColumn(columnId: string, column: object, signal: AbortSignal): Promise<Table> {
    return this.#send({ method: 'PATCH', path: `columns/${columnId}`, body: column, schema: Table }, signal);
  }

  /** Makes it the column by which people know a record. */
  async displayBy(columnId: string, signal: AbortSignal): Promise<unknown> {
    return this.#post(`columns/${columnId}/primary`, {}, z.unknown(), signal);
  }

  async createView(tableId: string, kind: ViewKind, view: object, signal: AbortSignal): Promise<View> {
    return this.#post(`tables/${tableId}/${kind}`, view, View, signal);
  }

  async updateView(viewId: string, view: object, signal: AbortSignal): Promise<unknown> {
    return this.#patch(`views/${viewId}`, view, signal);
  }

  /** What only views of this kind have. */
  async updateViewDetail(
    kind: ViewKind,
    viewId: string,
    detail: object,
    signal: AbortSignal,
  ): Promise<unknown> {
    return this.#patch(`${kind}/${viewId}`, detail, signal);
  }

  /** All columns of a view at once; `id` is the id of the table's column. An address of version 3. */
  async updateViewColumns(
    viewId: string,
    columns: readonly ({ readonly id: string } & object)[],
    signal: AbortSignal,
  ): Promise<unknown> {
    const path = `api/v3/meta/views/${viewId}/columns`;
    return this.#http.send({ method: 'PATCH', path, body: columns, schema: z.unknown() }, signal);
  }

  /** `columnId` is the id of the column in the view, not in the table. */
  async updateViewColumn(
    viewId: string,
    columnId: string,
    column: object,
    signal: AbortSignal,
  ): Promise<unknown> {
    return this.#patch(`views/${viewId}/columns/${columnId}`, column, signal);
  }

  async createViewFilter(viewId: string, filter: object, signal: AbortSignal): Promise<Made> {
    return this.#post(`views/${viewId}/filters`, filter, Made, signal);
  }

  async createHookFilter(hookId: string, filter: object, signal: AbortSignal): Promise<Made> {
    return this.#post(`hooks/${hookId}/filters`, filter, Made, signal);
  }

  /** With those that are grouped in it. */
  async deleteFilter(filterId: string, signal: AbortSignal): Promise<unknown> {
    return this.#delete(`filters/${filterId}`, signal);
  }

  async createSort(viewId: string, sort: object, signal: AbortSignal): Promise<unknown> {
    return this.#post(`views/${viewId}/sorts`, sort, z.unknown(), signal);
  }

  async deleteSort(sortId: string, signal: AbortSignal): Promise<unknown> {
    return this.#delete(`sorts/${sortId}`, signal);
  }

  async createHook(tableId: string, hook: object, signal: AbortSignal): Promise<Hook> {
    return this.#post(`tables/${tableId}/hooks`, hook, Hook, signal);
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #post<T>(path: string, body: object, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    return this.#send({ method: 'POST', path, body, schema }, signal);
  }

  async #patch(path: string, body: object, signal: AbortSignal): Promise<unknown> {
    return this.#send({ method: 'PATCH', path, body, schema: z.unknown() }, signal);
  }

  async #delete(path: string, signal: AbortSignal): Promise<unknown> {
    return this.#send({ method: 'DELETE', path, schema: z.unknown() }, signal);
  }

  async #send<T>({ path, ...rest }: Send<T>, signal: AbortSignal): Promise<T> {
    return this.#http.send({ ...rest, path: `api/v2/meta/${path}` }, signal);
  }
}
