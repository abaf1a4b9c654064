import type { Column, Table } from '@nocodb-backup/nocodb';
import { ownColumns, roleOf } from '../mapping/column-pairs.js';
import { attempted, changed } from './attempted.js';
import {
  comesWithTable,
  describing,
  isGiven,
  isPlain,
  objectIn,
  plainBody,
  settingsOf,
} from './column-body.js';
import { makeColumn } from './make-column.js';
import { leaveOut, nameOf, patched, type Site } from './site.js';
import { freeTableName } from './table-name.js';
import { count } from './tools.js';

/** Makes a table with the columns that stand for themselves; finishes one that an earlier attempt began. Gives its id. */
export const makeTable = async (site: Site, stored: Table): Promise<string | null> => {
  const { base, tools } = site;
  const table = (await base.table(stored.id, tools.signal)) ?? (await begun(site, stored));
  if (!table) return null;
  await nameOwnColumns(site, stored);
  for (const column of ownColumns(stored).filter(isPlain)) await completed(site, stored, column);
  await setDisplay(site, stored);
  count(tools, 'tables');
  return table.id;
};

/** With all columns that NocoDB takes along; where it refuses one of them, with none, and they follow one by one. */
const begun = async (site: Site, stored: Table): Promise<Table | undefined> => {
  const plain = ownColumns(stored).filter((column) => isPlain(column) && comesWithTable(column));
  const all = await createTable(site, stored, plain);
  if ('made' in all) return all.made;
  const bare = await createTable(site, stored, []);
  if ('made' in bare) return bare.made;
  site.tools.leftOut.add(`tables of base "${site.base.title}"`, bare.refused, stored.title);
  return undefined;
};

/** Versions before 0.301 give a table no key by themselves. */
const key = { title: 'Id', column_name: 'id', uidt: 'ID' };

const createTable = async (site: Site, stored: Table, columns: readonly Column[]) => {
  const { base, tools } = site;
  const { api, writer, signal } = tools;
  const present = await api.tables(base.id, signal);
  const body = {
    title: stored.title,
    table_name: freeTableName(stored, base.prefixes, present),
    ...(isGiven(stored.description) && { description: stored.description }),
    ...(Object.keys(objectIn(stored.meta)).length > 0 && { meta: objectIn(stored.meta) }),
    ...(typeof stored.order === 'number' && { order: stored.order }),
    columns: [key, ...columns.map(plainBody)],
  };
  const find = async () => {
    const there = (await api.tables(base.id, signal)).find(({ title, mm }) => title === stored.title && !mm);
    return there && api.table(there.id, signal);
  };
  const make = async () => {
    const { id } = await writer.createTable(base.id, body, signal);
    return api.table(id, signal);
  };
  const outcome = await attempted(tools, { find, make });
  if ('made' in outcome) base.keep(stored.id, outcome.made);
  return outcome;
};

/** People may have renamed the key, or when a record was made. */
const nameOwnColumns = async (site: Site, stored: Table): Promise<void> => {
  for (const column of ownColumns(stored).filter((one) => roleOf(one) !== undefined)) {
    const there = (await site.base.pairs(stored.id, site.tools.signal)).get(column.id);
    if (!there || !isOtherwise(column, there)) continue;
    const outcome = await patched(site, stored, there, describing(column));
    if ('refused' in outcome)
      leaveOut(site, stored, column, `it keeps the title "${there.title}": ${outcome.refused}`);
  }
};

const isOtherwise = (column: Column, there: Column): boolean =>
  column.title !== there.title ||
  (column.description ?? null) !== (there.description ?? null) ||
  JSON.stringify(settingsOf(column)) !== JSON.stringify(settingsOf(there));

const completed = async (site: Site, stored: Table, column: Column): Promise<void> => {
  const there = await added(site, stored, column);
  if (!there) return;
  count(site.tools, 'columns');
  const patch = missing(column, there);
  if (!patch) return;
  const outcome = await patched(site, stored, there, patch);
  if ('refused' in outcome) {
    const detail = Object.keys(patch).join(', ');
    leaveOut(site, stored, column, `it was made, but without its ${detail}: ${outcome.refused}`);
  }
};

/** What NocoDB ignores when it makes a column. */
const missing = (column: Column, there: Column): object | undefined => {
  const required = column.rqd && !there.rqd;
  const type = column.uidt === 'SpecificDBType' && column.dt !== there.dt;
  if (!required && !type) return undefined;
  return { ...(required ? { rqd: true } : {}), ...(type ? { dt: column.dt } : {}) };
};

/** A default that NocoDB does not take shall not cost the column. */
const added = async (site: Site, table: Table, column: Column): Promise<Column | undefined> => {
  const body = plainBody(column);
  const whole = await makeColumn(site, { table, column, body });
  if ('made' in whole) return whole.made;
  if (body.cdf !== undefined) {
    const without = await makeColumn(site, { table, column, body: { ...body, cdf: undefined } });
    if ('made' in without) {
      leaveOut(site, table, column, `it was made, but without its default value: ${whole.refused}`);
      return without.made;
    }
  }
  leaveOut(site, table, column, whole.refused);
  return undefined;
};

/** The column by which people know a record; one that is worked out does not exist yet. */
export const setDisplay = async (site: Site, stored: Table): Promise<void> => {
  const { base, tools } = site;
  const display = stored.columns.find(({ pv }) => Boolean(pv));
  const there = display && (await base.pairs(stored.id, tools.signal)).get(display.id);
  if (!there || there.pv) return;
  const outcome = await changed(tools, () => tools.writer.displayBy(there.id, tools.signal));
  if ('refused' in outcome)
    tools.leftOut.add(`display value of ${nameOf(site, stored)}`, outcome.refused, display.title);
  await base.fresh(stored.id, tools.signal);
};
