import type { Api } from './api.js';
import { plainTable, type SeededBase } from './expected.js';

const rocket = '🚀';

/** Titles that are trouble as names of folders: equal, colliding once made safe or in another case, reserved, with a trailing dot, long. */
const baseTitles = [
  'Inventur',
  'Inventur',
  'INVENTUR',
  'Rechnungen/2024',
  'Rechnungen:2024',
  'CON',
  'Endet mit Punkt.',
  '..',
  `${rocket} Start ${rocket}`,
  'Ein Titel, so lang wie NocoDB ihn nur zulässt äöü',
];

const tableTitles = [
  'Rechnungen/2024',
  'Rechnungen:2024',
  'rechnungen:2024',
  'CON',
  'Punkt.',
  `Ziele ${rocket}`,
  'ä'.repeat(60),
];

/** Bases whose titles are hard to turn into folders, and one of them with tables of such titles. */
export const awkwardBases = async (api: Api) => {
  const bases: SeededBase[] = [];
  for (const title of baseTitles) bases.push(await awkwardBase(api, title, ['Notizen']));
  bases.push(await awkwardBase(api, 'Schwierige Tabellen', tableTitles));
  return bases;
};

const awkwardBase = async (api: Api, title: string, titles: readonly string[]): Promise<SeededBase> => {
  const base = await api.createBase(title, `Basis „${title}“`);
  const tables = [];
  for (const [index, tableTitle] of titles.entries()) {
    const table = await api.createTable(
      base.id,
      tableTitle,
      [{ title: 'Name', uidt: 'SingleLineText' }],
      `tabelle_${index}`,
    );
    const ids = await api.insert(table.id, [{ Name: `${title} → ${tableTitle}` }, { Name: null }]);
    tables.push(plainTable(table, ids.length));
  }
  return { id: base.id, title, tables };
};
