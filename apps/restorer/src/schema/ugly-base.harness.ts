import type { NocoDb, NocoDbWriter, Table } from '@nocodb-backup/nocodb';
import { uglyViews } from './ugly-views.harness.js';

/** A base with what people do to theirs over the years: renamed columns, required ones, defaults, views turned upside down. */
export const uglyBase = async (
  { api, writer }: { readonly api: NocoDb; readonly writer: NocoDbWriter },
  title: string,
  signal: AbortSignal,
): Promise<string> => {
  const meta = JSON.stringify({ iconColor: '#FA8231' });
  const base = await writer.createBase({ title, description: 'häßlich', meta }, signal);
  const table = (name: string, columns: readonly object[], more: object = {}) =>
    writer.createTable(base.id, { title: name, table_name: name, columns, ...more }, signal);
  const add = (to: Table, column: object) => writer.createColumn(to.id, column, signal);
  const people = await table('Leute', peopleColumns, { description: 'alle', meta: { icon: '🧑' } });
  const things = await table('Dinge', [
    { title: 'Name', column_name: 'name', uidt: 'SingleLineText', pv: true },
  ]);
  for (const column of lateColumns) await add(people, column);
  for (const link of links(people.id, things.id)) await add(people, link);
  await rename(api, writer, { tables: [people, things], signal });
  const hooks = await makeHooks(writer, people, signal);
  await computed({ api, writer }, { people, things, hook: hooks, signal });
  await uglyViews({ api, writer }, people, signal);
  return base.id;
};

const links = (parentId: string, other: string) => {
  const nested = { uidt: 'LinkToAnotherRecord', parentId, childId: parentId };
  const counted = { uidt: 'Links', parentId, childId: other };
  return [
    { title: 'Dinge', type: 'hm', version: 1, ...counted },
    { title: 'Leute1', type: 'mm', version: 2, ...counted },
    { title: 'Chef', type: 'oo', version: 1, ...nested },
    { title: 'Nachbar', type: 'mo', version: 2, ...nested },
  ];
};

const options = (...titles: readonly string[]) => ({
  colOptions: { options: titles.map((one, index) => ({ title: one, color: '#cfdffe', order: index + 1 })) },
});

const peopleColumns = [
  {
    title: 'Vorname',
    column_name: 'Vorname',
    uidt: 'SingleLineText',
    cdf: `O'Neil "x"`,
    description: 'a <b> & c',
  },
  {
    title: 'Stand',
    column_name: 'Stand',
    uidt: 'SingleSelect',
    cdf: "it's",
    ...options("it's", 'neu', '<alt> & so'),
  },
  { title: 'Viele', column_name: 'Viele', uidt: 'MultiSelect', cdf: 'x,y', ...options('x', 'y') },
  { title: 'Seit', column_name: 'Seit', uidt: 'Date', meta: { date_format: 'DD.MM.YYYY' } },
  { title: 'Bis', column_name: 'Bis', uidt: 'Date' },
  { title: 'Wert', column_name: 'Wert', uidt: 'Decimal', meta: { precision: 5 }, dtxs: '5', cdf: '1.5' },
  { title: 'Da', column_name: 'Da', uidt: 'Checkbox', cdf: 'true' },
  { title: 'Dateien', column_name: 'Dateien', uidt: 'Attachment' },
  { title: 'Wer', column_name: 'Wer', uidt: 'User', meta: { is_multi: true } },
];

const lateColumns = [
  { title: 'Nr', column_name: 'Nr', uidt: 'AutoNumber' },
  { title: 'Farbe', column_name: 'Farbe', uidt: 'Colour' },
  { title: 'Kennung', column_name: 'Kennung', uidt: 'UUID' },
  { title: 'Einmalig', column_name: 'Einmalig', uidt: 'SingleLineText', unique: true },
  { title: 'Spät', column_name: 'Spaet', uidt: 'SingleSelect', cdf: 'b', ...options('a', 'b') },
  { title: 'Netz', column_name: 'Netz', uidt: 'SpecificDBType', dt: 'inet' },
  { title: 'Pflicht', column_name: 'Pflicht', uidt: 'SingleLineText' },
  { title: 'Gemacht', uidt: 'CreatedTime', meta: { date_format: 'YYYY/MM/DD' } },
  { title: 'Macher', uidt: 'CreatedBy' },
];

interface Renaming {
  readonly tables: readonly Table[];
  readonly signal: AbortSignal;
}

/** Titles that belonged to others before, and those that NocoDB gives by itself. */
const rename = async (api: NocoDb, writer: NocoDbWriter, { tables, signal }: Renaming) => {
  const change = async (table: number, title: string, patch: object) => {
    const { columns } = await api.table(tables[table]?.id ?? '', signal);
    const column = columns.find((one) => one.title === title);
    if (!column) throw new Error(`no column ${title} in ${columns.map((one) => one.title).join()}`);
    await writer.updateColumn(column.id, { ...column, ...patch }, signal);
  };
  await change(0, 'Id', { title: 'Schlüssel', description: 'nicht ändern' });
  await change(0, 'CreatedAt', { title: 'Angelegt am' });
  await change(0, 'Pflicht', { rqd: true });
  await change(0, 'Netz', { dt: 'inet' });
  await change(0, 'Vorname', { title: 'CreatedAt' });
  await change(0, 'Leute1', { title: 'Verleiht', description: 'wem' });
  await change(1, 'Leute', { title: 'Besitz' });
  await change(1, 'Leutes', { title: 'Leute' });
  await change(1, 'Leute_id', { title: 'Besitzerschlüssel' });
};

const makeHooks = async (writer: NocoDbWriter, people: Table, signal: AbortSignal) => {
  const payload = {
    method: 'POST',
    path: 'http://127.0.0.1:9/x',
    body: '{}',
    headers: [],
    parameters: [],
    auth: '',
  };
  const common = { version: 'v3', notification: { type: 'URL', payload } };
  const hook = (body: object) => writer.createHook(people.id, { ...common, ...body }, signal);
  await hook({
    title: 'Doppelt',
    event: 'manual',
    operation: ['trigger'],
    active: true,
    description: 'der erste',
  });
  const { id } = await hook({ title: 'Doppelt', event: 'manual', operation: ['trigger'], active: true });
  const column = people.columns.find(({ title }) => title === 'Wert')?.id;
  const after = await hook({
    title: 'Nachher',
    event: 'after',
    operation: ['insert', 'update'],
    active: false,
    condition: true,
  });
  await writer.createHookFilter(after.id, { fk_column_id: column, comparison_op: 'gt', value: '3' }, signal);
  await hook({ title: 'Nachher', event: 'after', operation: ['delete'], active: false });
  return id;
};

interface Computing {
  readonly people: Table;
  readonly things: Table;
  readonly hook: string;
  readonly signal: AbortSignal;
}

/** Each is worked out from one that is made after it in the order of tables. */
const computed = async (
  { api, writer }: { readonly api: NocoDb; readonly writer: NocoDbWriter },
  { people, things, hook, signal }: Computing,
) => {
  const idOf = async (table: Table, title: string) =>
    (await api.table(table.id, signal)).columns.find((one) => one.title === title)?.id ?? '';
  const add = (table: Table, column: object) => writer.createColumn(table.id, column, signal);
  const over = async (table: Table, relation: string) => ({
    fk_relation_column_id: await idOf(table, relation),
  });
  await add(things, { title: 'Doppelname', uidt: 'Formula', formula_raw: 'CONCAT({Name}, {Name})' });
  const names = { ...(await over(people, 'Dinge')), fk_lookup_column_id: await idOf(things, 'Doppelname') };
  await add(people, { title: 'Namen', uidt: 'Lookup', description: 'alle', ...names });
  const number = { ...(await over(people, 'Dinge')), fk_rollup_column_id: await idOf(things, 'Name') };
  await add(people, { title: 'Zahl', uidt: 'Rollup', rollup_function: 'count', ...number });
  const shown = 'CONCAT({CreatedAt}, " ", {Zahl})';
  await add(people, { title: 'Anzeige', uidt: 'Formula', formula_raw: shown, description: 'so' });
  const owner = { ...(await over(things, 'Besitz')), fk_lookup_column_id: await idOf(people, 'Anzeige') };
  await add(things, { title: 'Besitzer heißt', uidt: 'Lookup', ...owner });
  const button = { type: 'webhook', label: 'Los', theme: 'solid', color: 'brand', fk_webhook_id: hook };
  await add(people, { title: 'Los', uidt: 'Button', ...button });
  await writer.displayBy(await idOf(people, 'Anzeige'), signal);
};
