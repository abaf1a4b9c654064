import { type Api, columnOf, type NewColumn } from './api.js';
import type { UglyLinked } from './ugly-links.js';

const functions = ['count', 'min', 'max', 'avg', 'sum', 'countDistinct', 'sumDistinct', 'avgDistinct'];

/** A chain of five: lookup of a lookup, rollup of a formula, formulas of those; rollups of every function; lookups of every sort of cell. */
export const uglyComputed = async (api: Api, { people, projects }: UglyLinked) => {
  const leads = columnOf(await api.table(people.id), 'Leitet').id;
  const over = async (title: string) => columnOf(await api.table(projects.id), title).id;
  const add = (column: NewColumn) => api.addColumn(people.id, column);
  await api.addColumn(projects.id, formula('Doppelt', '{Kosten} * 2'));
  for (const name of functions) await add(rollup(`Kosten ${name}`, [leads, await over('Kosten')], name));
  for (const title of ['Kosten', 'Fertig', 'Farben', 'Beginn', 'Doppelt'])
    await add(lookup(`alle ${title}`, [leads, await over(title)]));
  await add(rollup('Summe doppelt', [leads, await over('Doppelt')], 'sum'));
  for (const [title, raw] of Object.entries(formulas)) await add(formula(title, raw));
  await chain(api, { people, projects });
  await shownAsCodes(api, people.id);
};

/** What people write: quotes and braces in texts, dates, conditions, patterns, and formulas of formulas. */
const formulas: Readonly<Record<string, string>> = {
  'Text mit Klammern': `CONCAT("{kein Feld} ", 'einfach "doppelt"', " \\\\ ", {Name})`,
  Bedingung: 'IF({Alter} > 17, IF(ISBLANK({Name}), "namenlos", "erwachsen"), "Kind")',
  Auswahl: 'SWITCH({Alter}, 1, "eins", 2, "zwei", "viele")',
  Muster: 'REGEX_REPLACE({Name}, "[^0-9]+", "")',
  Geburtstag: 'DATEADD({Geboren}, 18, "year")',
  Jahre: 'DATETIME_DIFF("2024-12-31", {Geboren}, "years")',
  'Gesamt, gerundet': 'ROUND({Summe doppelt} / 3, 2)',
  'Formel der Formel': 'CONCAT({Bedingung}, ": ", {Gesamt, gerundet})',
};

/** People lead projects, projects have a client: what the client's projects cost, seen from the project, summed up for the people. */
const chain = async (api: Api, { people, projects }: UglyLinked) => {
  const client = columnOf(await api.table(projects.id), 'Auftraggeber').id;
  const total = columnOf(await api.table(people.id), 'Formel der Formel').id;
  const first = await api.addColumn(projects.id, lookup('Auftraggeber sagt', [client, total]));
  const leads = columnOf(await api.table(people.id), 'Leitet').id;
  await api.addColumn(people.id, lookup('Lookup des Lookups', [leads, first.id]));
  // NocoDB refuses a formula over a lookup of a lookup that crosses a junction: "The table does not exist."
  const last = await api.addColumn(projects.id, formula('Kette', 'CONCAT({Auftraggeber sagt}, "!")'));
  await api.addColumn(people.id, lookup('Lookup der Kette', [leads, last.id]));
};

const shownAsCodes = async (api: Api, peopleId: string) => {
  const table = await api.table(peopleId);
  const value = columnOf(table, 'Formel der Formel').id;
  await api.addColumn(peopleId, { title: 'QR der Formel', uidt: 'QrCode', fk_qr_value_column_id: value });
  const button = {
    title: 'Öffnen "neu"',
    uidt: 'Button',
    type: 'url',
    label: 'Öffnen → 🦄',
    theme: 'light',
    color: 'red',
    icon: 'star',
  };
  await api.addColumn(peopleId, {
    ...button,
    formula_raw: 'CONCAT("https://example.com/?q=", URLENCODE({Name}))',
  });
};

type Sources = readonly [fk_relation_column_id: string, of: string];

const rollup = (title: string, [relation, of]: Sources, rollup_function: string) => ({
  title,
  uidt: 'Rollup',
  fk_relation_column_id: relation,
  fk_rollup_column_id: of,
  rollup_function,
});

const lookup = (title: string, [relation, of]: Sources) => ({
  title,
  uidt: 'Lookup',
  fk_relation_column_id: relation,
  fk_lookup_column_id: of,
});

const formula = (title: string, formula_raw: string) => ({ title, uidt: 'Formula', formula_raw });
