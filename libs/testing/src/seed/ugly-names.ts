import { type Api, columnOf, type NewColumn } from './api.js';
import { plainTable, type SeededTable } from './expected.js';
import { upTo } from './linked-tables.js';

/**
 * Titles of tables that break a careless name, path, query or JavaScript object. They have 63 characters at most, no blanks around them,
 * and no two that differ in nothing.
 */
const tableTitles = [
  'select',
  'SELECT',
  'order',
  '__proto__',
  'constructor',
  'toString',
  '1 mit Ziffer vorn',
  `"doppelt", 'einfach' & \`schräg\``,
  '%2F {geschweift} $1 :x ?',
  '🦄🧑‍🚒 Einhorn',
  `${'x'.repeat(62)}…`,
];

/**
 * Titles of columns; NocoDB makes a column_name of each (`_2F__x_`, `field` for what is too long). Never `constructor`, `toString` or
 * the like: with such a column NocoDB answers 500 to every list of the table, and commits inserts that it answers with 500; with
 * `__proto__` it deletes nothing and says 200.
 */
const columnTitles = [
  'select',
  'order',
  'where',
  'limit',
  'fields',
  'name',
  'NAME',
  'id',
  'created_at',
  'ncRecordId',
  'length',
  '1. Spalte',
  'a "b" c',
  "d, 'e'",
  '%2F {x}',
  'a.b',
  'a/b',
  'back\\slash',
  'tab\tx',
  'Zeile\nneu',
  '$1',
  ':col',
  '`tick`',
  '🦄 Emoji',
  'ä'.repeat(70),
  'x'.repeat(255),
];

/** Tables, and in one of them columns, whose titles are trouble, and a table whose system columns have other titles. */
export const uglyNames = async (api: Api, baseId: string): Promise<SeededTable[]> => {
  const tables = [];
  for (const [index, title] of tableTitles.entries()) {
    const column = { title: 'Name', uidt: 'SingleLineText', pv: true };
    const table = await api.createTable(baseId, title, [column], `haesslich_${index}`);
    const ids = await api.insert(table.id, [{ Name: title }]);
    tables.push(plainTable(table, ids.length));
  }
  return [...tables, await awkwardColumns(api, baseId), await renamedColumns(api, baseId)];
};

const awkwardColumns = async (api: Api, baseId: string) => {
  const first = { title: 'Titel', uidt: 'SingleLineText', column_name: 'ganz_anders', pv: true };
  const others = columnTitles.map((title) => ({ title, uidt: 'SingleLineText', column_name: undefined }));
  const table = await api.createTable(baseId, 'Spalten', [first, ...others], 'spalten');
  const { columns } = table;
  const own = columns.filter(({ title }) => columnTitles.includes(title));
  const rows = [1, 2, 3].map((row) =>
    Object.fromEntries(own.map(({ id }, index) => [id, `Wert ${row}.${index}`])),
  );
  return plainTable(table, (await api.insert(table.id, rows)).length);
};

const renames: Readonly<Record<string, string>> = {
  Id: 'Nummer',
  CreatedAt: 'Angelegt am',
  UpdatedAt: 'Id',
  Titel: 'Überschrift',
};

/**
 * Two columns swap names: the key "Titel" in a record is the amount, as NocoDB looks for a column_name first; ids name columns for sure.
 * The primary key is called "Nummer", and "Id" is the time of the last change; records 2 to 4 and 6 to 999 are gone.
 */
const renamedColumns = async (api: Api, baseId: string) => {
  const columns: NewColumn[] = [
    { title: 'Titel', uidt: 'SingleLineText', column_name: 'alter_name', pv: true },
    { title: 'Betrag', uidt: 'Decimal', column_name: 'Titel' },
  ];
  const table = await api.createTable(baseId, 'Umbenannt', columns, 'umbenannt');
  const [title, amount] = ['Titel', 'Betrag'].map((name) => columnOf(table, name).id) as [string, string];
  const rows = upTo(1_000).map((index) => ({ [title]: `Zeile ${index}`, [amount]: index / 10 }));
  const ids = await api.insert(table.id, rows);
  await api.remove(
    table.id,
    ids.filter((id) => ![1, 5, 1_000].includes(id)),
  );
  for (const [from, to] of Object.entries(renames)) {
    const column = (await api.table(table.id)).columns.find(({ title }) => title === from);
    await api.call('PATCH', `/api/v2/meta/columns/${column?.id ?? ''}`, { ...column, title: to });
  }
  return plainTable(table, 3);
};
