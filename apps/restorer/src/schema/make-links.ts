import type { Column, Table } from '@nocodb-backup/nocodb';
import { isByJunction, linkOptions } from '../mapping/column-pairs.js';
import { describing, settingsOf } from './column-body.js';
import { isOtherSide, type LinkPair, linkPairs, type LinkSide, pointsFromOwn } from './link-pairs.js';
import { makeColumn } from './make-column.js';
import { leaveOut, nameOf, patched, type Site } from './site.js';
import { count } from './tools.js';

/** Makes the links between tables where at least one of them is new; `isNew` tells it by the table's id in the backup. */
export const makeLinks = async (site: Site, isNew: (storedId: string) => boolean): Promise<void> => {
  for (const pair of linkPairs(site.base.stored.values())) {
    const concerned = [pair.front.table.id, pair.front.options.fk_related_model_id];
    if (concerned.some(isNew)) await makeLink(site, pair, isNew);
  }
};

const makeLink = async (site: Site, pair: LinkPair, isNew: (storedId: string) => boolean) => {
  const { base, tools } = site;
  const { table, column, options } = pair.front;
  const from = await base.table(table.id, tools.signal);
  const to = await base.table(options.fk_related_model_id, tools.signal);
  const reason = unlinkable(site, pair, { from, to });
  if (!from || !to || reason !== undefined) {
    leaveBothOut(site, pair, isNew, reason ?? '');
    return;
  }
  const outcome = await makeColumn(site, { table, column, body: linkBody(pair.front, from.id, to.id) });
  if ('refused' in outcome) {
    leaveBothOut(site, pair, isNew, outcome.refused);
    return;
  }
  await base.fresh(options.fk_related_model_id, tools.signal);
  count(tools, 'links');
  await describeBoth(site, pair, outcome.made);
  for (const side of sidesOf(pair)) await nameKey(site, side);
  for (const side of sidesOf(pair).filter(({ table: { id } }) => !isNew(id)))
    tools.warnings.add(`${nameOf(site, side.table)}, which was there, got the column "${side.column.title}"`);
};

const sidesOf = ({ front, back }: LinkPair): readonly LinkSide[] => (back ? [front, back] : [front]);

/** Why the relation cannot be made. A request without a table, or to one without key, can end the whole NocoDB. */
const unlinkable = (
  { base }: Site,
  { front }: LinkPair,
  { from, to }: { from: Table | undefined; to: Table | undefined },
): string | undefined => {
  const related = front.options.fk_related_model_id;
  const other = base.stored.get(related);
  if (!other && !to) return 'it links to a table that the backup does not hold, such as one of another base';
  if (!from) return `"${front.table.title}" is not on the target, and not among what is restored`;
  if (!to) return `"${other?.title ?? related}" is not on the target, and not among what is restored`;
  const keyless = [from, to].find(({ columns }) => !columns.some(({ pk }) => Boolean(pk)));
  return keyless && `"${keyless.title}" has no primary key on the target`;
};

const leaveBothOut = (
  site: Site,
  pair: LinkPair,
  isNew: (storedId: string) => boolean,
  reason: string,
): void => {
  for (const { table, column } of sidesOf(pair)) if (isNew(table.id)) leaveOut(site, table, column, reason);
};

/** The version says where links lie: 1 in a foreign key, 2 in a junction table. */
const linkBody = (side: LinkSide, from: string, to: string): object => {
  const { column, options } = side;
  const [parentId, childId] = pointsFromOwn(side) ? [to, from] : [from, to];
  const type = pointsFromOwn(side) ? 'bt' : options.type;
  const version = isByJunction(options) ? 2 : 1;
  return { ...describing(column), type, version, parentId, childId };
};

/** NocoDB gives the other column a title of its own, and forgets the description of the one that it was asked for. */
const describeBoth = async (site: Site, { front, back }: LinkPair, made: Column): Promise<void> => {
  await describe(site, front, made);
  if (!back) return;
  const there = await otherSideOf(site, back, made);
  if (there) await describe(site, back, there);
  else
    leaveOut(site, back.table, back.column, `NocoDB did not make it together with "${front.column.title}"`);
};

const describe = async (site: Site, { table, column }: LinkSide, there: Column): Promise<void> => {
  if (there.title === column.title && isSame(there, column)) return;
  const meta = { ...settingsOf(there), ...settingsOf(column) };
  const outcome = await patched(site, table, there, { ...describing(column), meta });
  if ('refused' in outcome)
    leaveOut(site, table, column, `it is called "${there.title}" now: ${outcome.refused}`);
};

const isSame = (one: Column, other: Column): boolean =>
  JSON.stringify(settingsOf(one)) === JSON.stringify(settingsOf(other)) &&
  (one.description ?? '') === (other.description ?? '');

const otherSideOf = async (
  { base, tools }: Site,
  back: LinkSide,
  made: Column,
): Promise<Column | undefined> => {
  const options = linkOptions(made);
  const related = await base.table(back.table.id, tools.signal);
  const own = await base.table(back.options.fk_related_model_id, tools.signal);
  if (!options || !related || !own) return undefined;
  const front = { table: own, column: made, options };
  return related.columns.find((column) => {
    const theirs = linkOptions(column);
    return theirs && isOtherSide(front, { table: related, column, options: theirs });
  });
};

/** The foreign key that came with the link may have had another title. */
const nameKey = async (site: Site, { table, options }: LinkSide): Promise<void> => {
  if (isByJunction(options)) return;
  const key = table.columns.find(({ id }) => id === options.fk_child_column_id);
  const there = key && (await site.base.pairs(table.id, site.tools.signal)).get(key.id);
  if (!there || there.title === key.title) return;
  const outcome = await patched(site, table, there, { title: key.title });
  if ('refused' in outcome)
    leaveOut(site, table, key, `it is called "${there.title}" now: ${outcome.refused}`);
};
