import { z } from 'zod';
import type { Query } from './api-url.js';
import { type Connection, Http } from './http.js';
import { Base, Hook, listOf, Loose, Page, Row, Table, TableSummary, View } from './schemas.js';

const Version = z.looseObject({ currentVersion: z.string().nullish() });
const User = z.looseObject({ roles: z.record(z.string(), z.unknown()).nullish().catch(null) });
const Users = z
  .looseObject({ users: listOf(z.looseObject({ id: z.string(), email: z.string() })) })
  .transform(({ users }) => users);
const Count = z.object({ count: z.int().nonnegative() });

/** Which of a table's records, in NocoDB's own words; columns by id. */
export interface RecordQuery {
  readonly fields?: string | undefined;
  readonly where?: string | undefined;
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** All columns, hidden ones too; `fields` means nothing then. */
  readonly getHiddenColumn?: 'true' | undefined;
}

/** The reading half of NocoDB's REST API, version 2. One instance is one connection pool: `close()` it. */
export class NocoDb {
  readonly #http: Http;

  constructor(connection: Connection) {
    this.#http = new Http(connection);
  }

  /** Where NocoDB answers; attachments lie below it. */
  get base(): URL {
    return this.#http.base;
  }

  /** The server's version, or null when it does not say. */
  async version(signal: AbortSignal): Promise<string | null> {
    return (await this.#get('api/v1/version', Version, signal)).currentVersion ?? null;
  }

  async health(signal: AbortSignal): Promise<Loose> {
    return this.#get('api/v1/health', Loose, signal);
  }

  async info(signal: AbortSignal): Promise<Loose> {
    return this.#get('api/v2/meta/nocodb/info', Loose, signal);
  }

  /** Whether the token's user is the super admin, who sees every base; others see those that they are a member of. */
  async seesEveryBase(signal: AbortSignal): Promise<boolean> {
    const { roles } = await this.#get('api/v2/auth/user/me', User, signal);
    return roles?.super === true;
  }

  /** The bases that the token's user sees. */
  async bases(signal: AbortSignal): Promise<Base[]> {
    return this.#get('api/v2/meta/bases', listOf(Base), signal);
  }

  async baseDetail(baseId: string, signal: AbortSignal): Promise<Base> {
    return this.#get(`api/v2/meta/bases/${baseId}`, Base, signal);
  }

  /** Who may be named in the base's user columns. */
  async baseUsers(baseId: string, signal: AbortSignal): Promise<readonly { id: string; email: string }[]> {
    return this.#get(`api/v2/meta/bases/${baseId}/users`, Users, signal);
  }

  /** All tables of a base, the junction tables (`mm`) of its links too. */
  async tables(baseId: string, signal: AbortSignal): Promise<TableSummary[]> {
    return this.#get(`api/v2/meta/bases/${baseId}/tables`, listOf(TableSummary), signal, {
      includeM2M: 'true',
    });
  }

  async table(tableId: string, signal: AbortSignal): Promise<Table> {
    return this.#get(`api/v2/meta/tables/${tableId}`, Table, signal);
  }

  async views(tableId: string, signal: AbortSignal): Promise<View[]> {
    return this.#get(`api/v2/meta/tables/${tableId}/views`, listOf(View), signal);
  }

  async viewColumns(viewId: string, signal: AbortSignal): Promise<Loose[]> {
    return this.#get(`api/v2/meta/views/${viewId}/columns`, listOf(Loose), signal);
  }

  /** The view's filters, nested groups too. */
  async viewFilters(viewId: string, signal: AbortSignal): Promise<Loose[]> {
    return this.#get(`api/v2/meta/views/${viewId}/filters`, listOf(Loose), signal, {
      includeAllFilters: 'true',
    });
  }

  async viewSorts(viewId: string, signal: AbortSignal): Promise<Loose[]> {
    return this.#get(`api/v2/meta/views/${viewId}/sorts`, listOf(Loose), signal);
  }

  /** What only views of this kind have: a form's texts, a kanban's stacks, a calendar's range. */
  async viewDetail(
    kind: 'forms' | 'galleries' | 'kanbans' | 'calendars',
    viewId: string,
    signal: AbortSignal,
  ): Promise<Loose> {
    return this.#get(`api/v2/meta/${kind}/${viewId}`, Loose, signal);
  }

  /** The table's webhooks, with their secrets in clear. HTTP 403 for a user who is no creator. */
  async hooks(tableId: string, signal: AbortSignal): Promise<Hook[]> {
    return this.#get(`api/v2/meta/tables/${tableId}/hooks`, listOf(Hook), signal);
  }

  async hookFilters(hookId: string, signal: AbortSignal): Promise<Loose[]> {
    return this.#get(`api/v2/meta/hooks/${hookId}/filters`, listOf(Loose), signal);
  }

  /** One page of records: at most 1000, or what the server is set to. */
  async records(tableId: string, query: RecordQuery, signal: AbortSignal): Promise<Page> {
    return this.#get(`api/v2/tables/${tableId}/records`, Page, signal, { ...query });
  }

  async record(tableId: string, recordId: string, signal: AbortSignal): Promise<Row> {
    return this.#get(`api/v2/tables/${tableId}/records/${recordId}`, Row, signal);
  }

  async count(tableId: string, where: string | undefined, signal: AbortSignal): Promise<number> {
    return (await this.#get(`api/v2/tables/${tableId}/records/count`, Count, signal, { where })).count;
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #get<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal, query: Query = {}): Promise<T> {
    return this.#http.get({ path, schema, query }, signal);
  }
}
