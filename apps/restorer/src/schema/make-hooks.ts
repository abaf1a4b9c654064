import type { Hook, StoredHook, Table } from '@nocodb-backup/nocodb';
import { attempted } from './attempted.js';
import { isGiven, objectIn } from './column-body.js';
import { makeFilters } from './make-filters.js';
import { nameOf, type Site } from './site.js';
import { count } from './tools.js';

interface Hooks {
  /** All webhooks of the table in the backup: several may have one title, and their order tells them apart. */
  readonly all: readonly StoredHook[];
  readonly wanted: readonly StoredHook[];
  /** Whether those that fire by themselves are made active as they were. */
  readonly active?: boolean;
  /** The ids of the views on the target, by their ids in the backup. */
  readonly views?: ReadonlyMap<string, string>;
}

/** Makes webhooks of a new table, unless they are there. Gives their ids on the target by those in the backup. */
export const makeHooks = async (
  site: Site,
  table: Table,
  hooks: Hooks,
): Promise<ReadonlyMap<string, string>> => {
  const { base, tools } = site;
  const made = new Map<string, string>();
  const target = await base.table(table.id, tools.signal);
  if (!target || hooks.wanted.length === 0) return made;
  for (const hook of hooks.wanted) {
    const find = async () =>
      counterpart(hook, hooks.all, await tools.api.hooks(target.id, tools.signal), made);
    const body = await hookBody(site, hook, hooks);
    const make = () => tools.writer.createHook(target.id, body, tools.signal);
    const there = await find();
    const outcome = there ? { made: there } : await attempted(tools, { find, make });
    if ('refused' in outcome)
      tools.leftOut.add(`webhooks of ${nameOf(site, table)}`, outcome.refused, String(hook.title));
    else made.set(hook.id, outcome.made.id);
  }
  return made;
};

/** The first of its title and kind that no other one of the backup is taken to be. */
const counterpart = (
  hook: StoredHook,
  all: readonly StoredHook[],
  present: readonly Hook[],
  made: ReadonlyMap<string, string>,
): Hook | undefined => {
  const alike = (one: Hook) => one.title === hook.title && one.event === hook.event;
  const index = all.filter(alike).indexOf(hook);
  const taken = new Set(made.values());
  const there = present.filter(alike);
  return there.length === all.filter(alike).length ? there[index] : there.find(({ id }) => !taken.has(id));
};

const kept = [
  'title',
  'description',
  'event',
  'operation',
  'version',
  'condition',
  'trigger_field',
  'async',
  'retries',
  'retry_interval',
  'timeout',
];

/** A webhook that waits for a button is active: it fires only when somebody presses that, and NocoDB knows no other kind. */
const hookBody = async (site: Site, hook: StoredHook, { active, views }: Hooks): Promise<object> => {
  const given = kept.map((key) => [key, hook[key]] as const).filter(([, value]) => isGiven(value));
  const fields = Array.isArray(hook.trigger_fields) ? (hook.trigger_fields as unknown[]) : [];
  const notification = objectIn(hook.notification);
  const form = notification.trigger_form_id;
  return {
    ...Object.fromEntries(given),
    active: hook.event === 'manual' || (active === true && Boolean(hook.active)),
    notification:
      typeof form === 'string'
        ? { ...notification, trigger_form_id: views?.get(form) ?? null }
        : notification,
    ...(fields.length > 0 && { trigger_fields: await columnIds(site, fields) }),
  };
};

const columnIds = async ({ base, tools }: Site, stored: readonly unknown[]): Promise<readonly string[]> => {
  const ids: string[] = [];
  for (const id of stored) {
    const there = await base.column(id, tools.signal);
    if (there) ids.push(there.id);
  }
  return ids;
};

/** Makes all webhooks of a new table with their conditions. */
export const makeAllHooks = async (
  site: Site,
  table: Table,
  hooks: Required<Omit<Hooks, 'wanted'>>,
): Promise<void> => {
  const { tools } = site;
  const made = await makeHooks(site, table, { ...hooks, wanted: hooks.all });
  for (const hook of hooks.all) {
    const id = made.get(hook.id);
    if (id === undefined) continue;
    count(tools, 'webhooks');
    await makeFilters(site, {
      stored: hook.filters,
      what: `conditions of webhook "${String(hook.title)}" of ${nameOf(site, table)}`,
      present: () => tools.api.hookFilters(id, tools.signal),
      create: (filter) => tools.writer.createHookFilter(id, filter, tools.signal),
    });
  }
};
