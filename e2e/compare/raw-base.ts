import type { Api } from '../api.js';

export type Loose = Readonly<Record<string, unknown>>;

export interface RawColumn extends Loose {
  readonly id: string;
  readonly title: string;
  readonly uidt: string;
  readonly pk?: unknown;
  readonly colOptions?: Loose | null;
}

export interface RawView extends Loose {
  readonly id: string;
  readonly title: string;
  readonly type: number;
  readonly columns: readonly Loose[];
  readonly filters: readonly Loose[];
  readonly sorts: readonly Loose[];
  readonly detail: Loose;
}

export interface RawHook extends Loose {
  readonly id: string;
  readonly title: string;
  readonly filters: readonly Loose[];
}

export interface RawTable extends Loose {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly RawColumn[];
  readonly views: readonly RawView[];
  readonly hooks: readonly RawHook[];
}

/** A base's definition just as NocoDB answers it. */
export interface RawBase {
  readonly base: Loose;
  readonly tables: readonly RawTable[];
  readonly junctions: readonly RawTable[];
  readonly users: readonly { readonly id: string; readonly email: string }[];
}

/** Reads everything but the records. */
export const rawBase = async (api: Api, baseId: string): Promise<RawBase> => {
  const base = await api.get<Loose>(`/api/v2/meta/bases/${baseId}`);
  const all = (await api.tables(baseId)) as unknown as RawTable[];
  const { users } = await api.get<{ users: { list: RawBase['users'] } }>(
    `/api/v2/meta/bases/${baseId}/users`,
  );
  const tables: RawTable[] = [];
  for (const table of all.filter(({ mm }) => mm !== true)) tables.push(await withViewsAndHooks(api, table));
  return { base, tables, junctions: all.filter(({ mm }) => mm === true), users: users.list };
};

const withViewsAndHooks = async (api: Api, table: RawTable): Promise<RawTable> => {
  const [views, hooks] = await Promise.all([
    list<RawView>(api, `tables/${table.id}/views`),
    list<RawHook>(api, `tables/${table.id}/hooks`),
  ]);
  return {
    ...table,
    views: await Promise.all(views.map((view) => wholeView(api, view))),
    hooks: await Promise.all(
      hooks.map(async (hook) => ({
        ...hook,
        filters: await list(api, `hooks/${hook.id}/filters?includeAllFilters=true`),
      })),
    ),
  };
};

const details: Readonly<Record<number, string>> = {
  1: 'forms',
  2: 'galleries',
  4: 'kanbans',
  5: 'maps',
  6: 'calendars',
};

const wholeView = async (api: Api, view: RawView): Promise<RawView> => {
  const kind = details[view.type];
  const [columns, filters, sorts, detail] = await Promise.all([
    list(api, `views/${view.id}/columns`),
    list(api, `views/${view.id}/filters?includeAllFilters=true`),
    list(api, `views/${view.id}/sorts`),
    kind === undefined ? Promise.resolve({}) : api.get<Loose>(`/api/v2/meta/${kind}/${view.id}`),
  ]);
  return { ...view, columns, filters, sorts, detail };
};

const list = async <T = Loose>(api: Api, path: string): Promise<readonly T[]> => {
  const answer = await api.get<readonly T[] | { readonly list: readonly T[] }>(`/api/v2/meta/${path}`);
  return 'list' in answer ? answer.list : answer;
};
