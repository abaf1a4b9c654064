import type { Api, Table } from './api.js';

/** The tables that are linked with each other. */
export interface LinkedTables {
  readonly customers: Table;
  readonly orders: Table;
  readonly people: Table;
  readonly tags: Table;
  readonly contracts: Table;
}

/** How many records each of them has. */
export const linkedRecords = { customers: 30, orders: 120, people: 12, tags: 8, contracts: 10 } as const;

/** 1, 2, 3 ... up to a number. */
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Makes the tables with their records, whose Ids start at 1, and no links yet. */
export const linkedTables = async (api: Api, baseId: string): Promise<LinkedTables> => {
  const named = async (title: string, tableName: string, count: number) => {
    const table = await api.createTable(
      baseId,
      title,
      [{ title: 'Name', uidt: 'SingleLineText', pv: true }],
      tableName,
    );
    await api.insert(
      table.id,
      upTo(count).map((index) => ({ Name: `${title} ${index}` })),
    );
    return table;
  };
  return {
    customers: await named('Kunden', 'kunden', linkedRecords.customers),
    orders: await orderTable(api, baseId),
    people: await named('Mitarbeiter:innen', 'mitarbeiter', linkedRecords.people),
    tags: await named('Schlagworte', 'schlagworte', linkedRecords.tags),
    contracts: await named('Verträge', 'vertraege', linkedRecords.contracts),
  };
};

const states = ['offen', 'in Arbeit', 'fertig'];

const orderTable = async (api: Api, baseId: string) => {
  const options = states.map((title, index) => ({ title, color: '#cfdffe', order: index + 1 }));
  const columns = [
    { title: 'Nummer', uidt: 'SingleLineText', pv: true },
    { title: 'Betrag', uidt: 'Decimal', meta: { precision: 2 } },
    { title: 'Status', uidt: 'SingleSelect', colOptions: { options } },
    { title: 'Fällig', uidt: 'Date' },
  ];
  const table = await api.createTable(baseId, 'Aufträge', columns, 'auftraege');
  const rows = upTo(linkedRecords.orders).map((index) => ({
    Nummer: `A-${String(index).padStart(4, '0')}`,
    Betrag: index * 1.25,
    Status: states[index % states.length],
    Fällig: `2024-${String((index % 12) + 1).padStart(2, '0')}-15`,
  }));
  await api.insert(table.id, rows);
  return table;
};
