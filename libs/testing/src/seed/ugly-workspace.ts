import type { NocoDbServer } from '../nocodb/start-nocodb.js';
import { Api } from './api.js';
import {
  plainTable,
  type SeededBase,
  type SeededLinks,
  type SeededTable,
  type SeededWorkspace,
} from './expected.js';
import { linked } from './links.js';
import type { SeedOptions } from './seed-workspace.js';
import { uglyComputed } from './ugly-computed.js';
import { uglyFiles } from './ugly-files.js';
import { uglyHooks } from './ugly-hooks.js';
import { junctionTables, treeTable, uglyLinkedTables, uglyLinkPlans, uglyRecords } from './ugly-links.js';
import { uglyNames } from './ugly-names.js';
import { uglyValues } from './ugly-values.js';
import { uglyViews } from './ugly-views.js';

const secondUser = 'zweite@example.com';
const title = `Häßlich 🦄 "select" / 'x', {y}`;

/**
 * Fills a NocoDB by its REST API with what could break a restore, beside the common workspace: hostile titles and values, links and
 * computed columns upon each other, views with every setting. What NocoDB 0.301.3 refuses is left out and noted where it would be.
 */
export const seedUglyWorkspace = async (
  nocodb: Pick<NocoDbServer, 'url' | 'signIn' | 'adminEmail'>,
  { say = () => undefined, signal }: Omit<SeedOptions, 'records'> = {},
): Promise<SeededWorkspace> => {
  const api = new Api(nocodb.url, await nocodb.signIn(), signal);
  const ugly = await uglyBase(api, nocodb.adminEmail, say);
  say('a second base of the same title, with many links ...');
  return { bases: [ugly, await bigLinksBase(api), await emptyBase(api)] };
};

const uglyBase = async (api: Api, email: string, say: (line: string) => void): Promise<SeededBase> => {
  const { id } = await api.createBase(title, 'Beschreibung\n"mit" 🦄 & <b>');
  await api.call('POST', `/api/v2/meta/bases/${id}/users`, { email: secondUser, roles: 'editor' });
  say('hostile titles ...');
  const tables = await uglyNames(api, id);
  say('values at the edge, views with every setting ...');
  const values = await uglyValues(api, id, [email, secondUser]);
  tables.push({ ...values, views: await uglyViews(api, values.id) });
  say('attachments ...');
  tables.push(await uglyFiles(api, id));
  say('links and computed columns upon each other ...');
  tables.push(...(await uglyLinkedPart(api, id)), await emptyTable(api, id), await reordered(api, id));
  return { id, title, tables };
};

const uglyLinkedPart = async (api: Api, baseId: string): Promise<SeededTable[]> => {
  const tables = await uglyLinkedTables(api, baseId);
  const made: { from: string; links: SeededLinks }[] = [];
  for (const plan of uglyLinkPlans(tables)) made.push({ from: plan.from.id, links: await linked(api, plan) });
  await uglyComputed(api, tables);
  const hooks = await uglyHooks(api, tables.people.id);
  const linksOf = (id: string) => made.filter(({ from }) => from === id).map(({ links }) => links);
  return [
    { ...plainTable(tables.people, uglyRecords.people), links: linksOf(tables.people.id), hooks },
    { ...plainTable(tables.projects, uglyRecords.projects), links: linksOf(tables.projects.id) },
  ];
};

const bigLinksBase = async (api: Api): Promise<SeededBase> => {
  const { id } = await api.createBase(title);
  return { id, title, tables: [await treeTable(api, id), ...(await junctionTables(api, id))] };
};

/** A base without a table, whose title is as long as NocoDB allows. */
const emptyBase = async (api: Api): Promise<SeededBase> => {
  const long = 'Ohne Tabelle, aber mit 50 Zeichen '.padEnd(50, '…');
  const { id } = await api.createBase(long);
  return { id, title: long, tables: [] };
};

/** No record, and a view with a filter on nothing. */
const emptyTable = async (api: Api, baseId: string) => {
  const table = await api.createTable(
    baseId,
    'Nie benutzt',
    [{ title: 'Name', uidt: 'SingleLineText' }],
    'nie_benutzt',
  );
  const view = { title: 'leer', type: 3 };
  await api.call('POST', `/api/v2/meta/tables/${table.id}/grids`, view);
  return { ...plainTable(table, 0), views: [...table.views.map((one) => one.title), view.title] };
};

/** Somebody has dragged the last record to the front, and the first one behind the third. */
const reordered = async (api: Api, baseId: string) => {
  const table = await api.createTable(
    baseId,
    'Umsortiert',
    [{ title: 'Name', uidt: 'SingleLineText' }],
    'umsortiert',
  );
  const ids = await api.insert(
    table.id,
    ['a', 'b', 'c', 'd', 'e', 'f'].map((Name) => ({ Name })),
  );
  const move = (id = 0, before = 0) =>
    api.call('POST', `/api/v2/tables/${table.id}/records/${id}/move?before=${before}`);
  await move(ids[5], ids[0]);
  await move(ids[0], ids[3]);
  return plainTable(table, ids.length);
};
