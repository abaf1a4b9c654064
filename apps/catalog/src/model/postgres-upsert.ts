import { columnName, columns, sqlType } from './entities.js';
import type { TableName } from './rows.js';

const known = new Map<TableName, string>();

/** Writes the rows of one JSON array, whose keys are those of the entity; a row replaces the one with the same key. */
export const upsertStatement = (name: TableName): string => {
  const statement = known.get(name) ?? statementFor(name);
  known.set(name, statement);
  return statement;
};

const statementFor = (name: TableName): string => {
  const all = Object.entries(columns[name]).map(([property, spelled]) => ({
    property,
    column: `"${columnName(property)}"`,
    type: sqlType(spelled, 'postgres'),
    isKey: spelled.endsWith('!'),
  }));
  const list = all.map(({ column }) => column).join(', ');
  const read = all.map(({ property }) => `r."${property}"`).join(', ');
  const typed = all.map(({ property, type }) => `"${property}" ${type}`).join(', ');
  const keys = all.filter(({ isKey }) => isKey).map(({ column }) => column);
  const sets = all.filter(({ isKey }) => !isKey).map(({ column }) => `${column} = excluded.${column}`);
  return `insert into "${name}" (${list}) select ${read} from json_to_recordset($1::json) as r(${typed})
    on conflict (${keys.join(', ')}) do update set ${sets.join(', ')}`;
};
