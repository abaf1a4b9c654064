import type { Api, Row, Table } from './api.js';
import { plainTable, type SeededTable } from './expected.js';
import { linked, type LinkPlan } from './links.js';
import { upTo } from './linked-tables.js';

/** The tables of the linked part, by what they are for. */
export interface UglyLinked {
  readonly people: Table;
  readonly projects: Table;
}

export const uglyRecords = { people: 30, projects: 32, tree: 3_000 } as const;

/** Two tables with awkward texts, and no links yet. */
export const uglyLinkedTables = async (api: Api, baseId: string): Promise<UglyLinked> => {
  const people = await api.createTable(
    baseId,
    'Leute "und" Tiere',
    [
      { title: 'Name', uidt: 'SingleLineText', pv: true },
      { title: 'Alter', uidt: 'Number' },
      { title: 'Geboren', uidt: 'Date' },
    ],
    'leute',
  );
  await api.insert(people.id, upTo(uglyRecords.people).map(person));
  const projects = await api.createTable(
    baseId,
    'Projekte, Pläne',
    [
      { title: 'Name', uidt: 'SingleLineText', pv: true },
      { title: 'Kosten', uidt: 'Decimal', meta: { precision: 3 } },
      { title: 'Fertig', uidt: 'Checkbox' },
      { title: 'Farben', uidt: 'MultiSelect', colOptions: { options: colors } },
      { title: 'Beginn', uidt: 'Date' },
    ],
    'projekte',
  );
  await api.insert(projects.id, upTo(uglyRecords.projects).map(project));
  return { people, projects };
};

const colors = ['rot', 'grün', 'blau'].map((title, index) => ({ title, color: '#fee2d5', order: index + 1 }));

const person = (index: number): Row => ({
  Name: index % 7 === 0 ? null : `{Person} "${index}"`,
  Alter: index % 5 === 0 ? null : index,
  Geboren: `19${String(50 + index)}-02-28`,
});

const project = (index: number): Row => ({
  Name: `Projekt ${index}`,
  Kosten: index % 4 === 0 ? null : index / 3,
  Fertig: index % 2 === 0,
  Farben: index % 3 === 0 ? 'rot,blau' : null,
  Beginn: '2024-02-29',
});

/** Self links of every kind, four link columns between the same two tables in both directions, and records that are linked with themselves. */
export const uglyLinkPlans = ({ people, projects }: UglyLinked): LinkPlan[] => [
  plan([people, people, 'Kinder'], ['Links', 'hm', 1], { 1: [2, 3], 2: [4], 5: [5] }),
  plan([people, people, 'Freunde'], ['Links', 'mm', 2], { 1: [1, 2, 30], 2: [1], 7: [3] }),
  plan([people, people, 'Partner'], ['LinkToAnotherRecord', 'oo', 1], { 1: [2], 3: [4] }),
  plan([people, people, 'Vertretung'], ['LinkToAnotherRecord', 'oo', 2], { 10: [11], 12: [12] }),
  plan([people, people, 'Mündel'], ['Links', 'om', 2], { 20: [21, 22], 23: [23] }),
  plan([people, projects, 'Leitet'], ['Links', 'hm', 1], { 1: upTo(26), 2: [31] }),
  plan([people, projects, 'Prüft'], ['Links', 'hm', 1], { 1: [1], 3: [2, 32] }),
  plan([people, projects, 'Arbeitet mit'], ['Links', 'mm', 2], { 1: upTo(32), 30: [32, 1] }),
  plan([projects, people, 'Beobachter'], ['Links', 'mm', 2], { 1: [30, 1], 32: upTo(26) }),
  plan([projects, people, 'Auftraggeber'], ['LinkToAnotherRecord', 'mo', 2], { 1: [5], 2: [5] }),
];

const plan = (
  [from, to, title]: readonly [Table, Table, string],
  [uidt, type, version]: readonly [LinkPlan['uidt'], LinkPlan['type'], LinkPlan['version']],
  children: LinkPlan['children'],
): LinkPlan => ({ from, to, title, uidt, type, version, children });

/** A table of 3,000 records that is a tree of itself: ten roots, each with a long branch. */
export const treeTable = async (api: Api, baseId: string): Promise<SeededTable> => {
  const table = await api.createTable(
    baseId,
    'Baum',
    [{ title: 'Knoten', uidt: 'SingleLineText', pv: true }],
    'baum',
  );
  const column = {
    title: 'Zweige',
    uidt: 'Links',
    type: 'hm',
    version: 1,
    parentId: table.id,
    childId: table.id,
  };
  await api.addColumn(table.id, column);
  const { columns } = await api.table(table.id);
  const parent = columns.find(({ uidt }) => uidt === 'ForeignKey')?.id ?? '';
  const nodes = upTo(uglyRecords.tree).map((node) => ({
    Knoten: `Knoten ${node}`,
    [parent]: node > 10 ? node - 10 : null,
  }));
  return plainTable(table, (await api.insert(table.id, nodes)).length);
};

/** One record with 2,000 links, and one that nothing is linked with. */
export const junctionTables = async (api: Api, baseId: string): Promise<SeededTable[]> => {
  const name = { title: 'Name', uidt: 'SingleLineText', pv: true };
  const hub = await api.createTable(baseId, 'Nabe', [name], 'nabe');
  const spokes = await api.createTable(baseId, 'Speichen', [name], 'speichen');
  await api.insert(hub.id, [{ Name: 'alle' }, { Name: 'keine' }]);
  await api.insert(
    spokes.id,
    upTo(2_000).map((index) => ({ Name: `Speiche ${index}` })),
  );
  const links = await linked(api, plan([hub, spokes, 'Speichen'], ['Links', 'mm', 2], { 1: upTo(2_000) }));
  return [{ ...plainTable(hub, 2), links: [links] }, plainTable(spokes, 2_000)];
};
