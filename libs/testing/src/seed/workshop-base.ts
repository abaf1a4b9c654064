import type { Api } from './api.js';
import { bigTable } from './big-table.js';
import { computedColumns, hooks } from './computed-columns.js';
import { documentsTable } from './documents-table.js';
import { plainTable, type SeededBase, type SeededLinks, type SeededTable } from './expected.js';
import { type LinkedTables, linkedRecords, linkedTables } from './linked-tables.js';
import { linked, linkPlans } from './links.js';
import { scalarTable } from './scalar-table.js';
import { views } from './views.js';

/** What the seed wants to know, and whom it tells. */
export interface WorkshopOptions {
  readonly records: number;
  readonly email: string;
  readonly say: (line: string) => void;
}

/** The base with everything in it that NocoDB has to offer. */
export const workshopBase = async (
  api: Api,
  { records, email, say }: WorkshopOptions,
): Promise<SeededBase> => {
  const title = 'Werkstatt & Büro / Ä 🛠️';
  const { id } = await api.createBase(title, 'Alles, was NocoDB kann');
  say('columns of every type, attachments, links, views ...');
  const tables = [
    await scalarTable(api, id, email),
    await documentsTable(api, id),
    ...(await linkedPart(api, id)),
  ];
  tables.push(
    plainTable(await api.createTable(id, 'Leer', [{ title: 'Name', uidt: 'SingleLineText' }], 'leer'), 0),
  );
  tables.push(await tableWithGap(api, id));
  say(`${records} records in one table ...`);
  tables.push(await bigTable(api, id, records));
  return { id, title, tables };
};

const linkedPart = async (api: Api, baseId: string): Promise<SeededTable[]> => {
  const tables = await linkedTables(api, baseId);
  const made = new Map<string, SeededLinks[]>();
  for (const plan of linkPlans(tables)) {
    made.set(plan.from.id, [...(made.get(plan.from.id) ?? []), await linked(api, plan)]);
  }
  const { buttonHookId, titles } = await hooks(api, tables);
  await computedColumns(api, tables, buttonHookId);
  const orderViews = await views(api, tables.orders.id);
  return keysOf(tables).map((key) => ({
    ...plainTable(tables[key], linkedRecords[key]),
    links: made.get(tables[key].id) ?? [],
    views: key === 'orders' ? orderViews : [],
    hooks: key === 'customers' ? titles : [],
  }));
};

const keysOf = (tables: LinkedTables) => Object.keys(tables) as (keyof LinkedTables)[];

/** Records 2 and 3 of five are deleted: the Ids are 1, 4, 5. */
const tableWithGap = async (api: Api, baseId: string) => {
  const table = await api.createTable(
    baseId,
    'Lücken',
    [{ title: 'Name', uidt: 'SingleLineText' }],
    'luecken',
  );
  const ids = await api.insert(
    table.id,
    ['eins', 'zwei', 'drei', 'vier', 'fünf'].map((Name) => ({ Name })),
  );
  await api.remove(table.id, ids.slice(1, 3));
  return plainTable(table, ids.length - 2);
};
