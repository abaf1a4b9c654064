import { PermanentError, type PlannedStep } from '@nocodb-backup/events';
import type { StoredBase, StoredTable } from '@nocodb-backup/vault';
import { LeftOuts } from '../records/left-outs.js';
import { nameOfTable } from '../records/table-pair.js';
import type { Conclusion, Plan, PlannedWork, Restoration, StepOutcome, Work } from '../restoration.js';
import type { Target } from '../target.js';
import { conclusionOf } from './conclusion.js';
import { makeBase } from './make-base.js';
import { makeComputed } from './make-computed.js';
import { makeAllHooks } from './make-hooks.js';
import { makeLinks } from './make-links.js';
import { makeTable } from './make-table.js';
import { makeViews, viewIds } from './make-views.js';
import { openBase } from './open-base.js';
import { planSchema } from './plan-schema.js';
import type { Site } from './site.js';
import { definitionOf, isDefined } from './stored-tables.js';
import type { TargetBase } from './target-base.js';
import type { Tools } from './tools.js';

/** A step's key says what is made, and the id in the backup of what it is made for. */
const kinds = ['base', 'table', 'links', 'computed', 'views', 'hooks'] as const;
type Kind = (typeof kinds)[number];

/** Makes bases, tables, columns, links, views and webhooks again. What the target cannot take is left out, and the rest goes on. */
export class RestoreSchema implements Restoration {
  /** The base that is worked on. */
  #open: { readonly id: string; readonly base: TargetBase } | undefined;

  constructor(
    private readonly target: Pick<Target, 'api' | 'writer'>,
    private readonly patienceMs = 500,
  ) {}

  plan(work: Work): Promise<Plan> {
    return planSchema(this.target.api, work);
  }

  /** The definitions of all tables of a base: links and lookups lead from one to the other. */
  sources({ backup, plan }: PlannedWork): readonly string[] {
    const stored = new Set(backup.manifest.artifacts.map(({ path }) => path));
    const bases = backup.bases.filter(({ id }) => plan.steps.some(({ key }) => key === `base-${id}`));
    return bases.flatMap(({ folder, tables }) => [
      ...[`${folder}/metadata.json`].filter((path) => stored.has(path)),
      ...tables.map(({ paths }) => paths.schema).filter((path) => path !== undefined),
    ]);
  }

  async perform(step: PlannedStep, work: PlannedWork): Promise<StepOutcome> {
    const { api, writer } = this.target;
    const tools: Tools = {
      api,
      writer,
      signal: work.signal,
      patienceMs: this.patienceMs,
      leftOut: new LeftOuts(),
      warnings: new Set(),
      counts: {},
    };
    const target = await this.done(step, work, tools);
    const warnings = [...tools.warnings].map((text) => text.slice(0, 1000)).slice(0, 100);
    return { target, counts: tools.counts, leftOut: tools.leftOut.list(), warnings };
  }

  conclude(work: PlannedWork): Promise<Conclusion> {
    return Promise.resolve(conclusionOf(work));
  }

  private async done(step: PlannedStep, work: PlannedWork, tools: Tools): Promise<string | null> {
    const { kind, base, table } = subject(step, work);
    if (kind === 'base') return makeBase(tools, { step, base, work });
    const site: Site = { base: await this.opened(base, work), tools };
    if (kind === 'links') await makeLinks(site, (id) => isNew(id, work));
    if (kind === 'computed') await makeComputed(site, await newTables(site, base, work));
    if (kind === 'hooks') await hooksOf(site, base, work);
    if (kind === 'views' && table) await viewsOf(site, table);
    return kind === 'table' && table ? tableOf(site, step, table) : site.base.id;
  }

  private async opened(base: StoredBase, work: PlannedWork): Promise<TargetBase> {
    if (this.#open?.id !== base.id)
      this.#open = { id: base.id, base: await openBase(this.target.api, base, work) };
    return this.#open.base;
  }
}

const subject = ({ key }: PlannedStep, { backup }: PlannedWork) => {
  const kind = kinds.find((one) => key.startsWith(`${one}-`));
  const id = key.slice(key.indexOf('-') + 1);
  const base = backup.bases.find((one) => one.id === id || one.tables.some(({ entry }) => entry.id === id));
  if (!kind || !base)
    throw new PermanentError(
      `step ${key} was planned, but backup ${backup.id} does not hold what it is about`,
    );
  return { kind: kind satisfies Kind, base, table: base.tables.find(({ entry }) => entry.id === id) };
};

/** Whether the plan makes the table: it was not there before. */
const isNew = (storedId: string, { plan }: PlannedWork): boolean =>
  plan.steps.some(({ key, target }) => key === `table-${storedId}` && target === null);

const tableOf = async (site: Site, step: PlannedStep, stored: StoredTable): Promise<string | null> => {
  if (step.target !== null) {
    site.tools.counts['tables left as they are'] = 1;
    return step.target;
  }
  const table = site.base.stored.get(stored.entry.id);
  const what = `tables of base "${site.base.title}"`;
  if (!table) {
    site.tools.leftOut.add(
      what,
      'the backup does not hold its definition: it could not be exported',
      stored.entry.title,
    );
    return null;
  }
  const { foreign } = site.base;
  if (!foreign.has(String(table.source_id))) return makeTable(site, table);
  const reason =
    'it lies in a database that is connected to the base: connect that again, and NocoDB shows its tables';
  site.tools.leftOut.add(what, reason, stored.entry.title);
  return null;
};

const newTables = async ({ base, tools }: Site, stored: StoredBase, work: PlannedWork) => {
  const found = [];
  for (const one of stored.tables.filter(isDefined)) {
    const table = base.stored.get(one.entry.id);
    if (!table || !isNew(table.id, work) || !(await base.table(table.id, tools.signal))) continue;
    found.push({ table, stored: one, definition: () => definitionOf(one) });
  }
  return found;
};

const viewsOf = async (site: Site, stored: StoredTable): Promise<void> => {
  const { table, views } = await definitionOf(stored);
  if (!site.base.has(table.id)) return;
  if (views.length > 0) {
    await makeViews(site, table, views);
    return;
  }
  const titles = Array.isArray(table.views) ? (table.views as { title?: unknown }[]) : [];
  for (const title of titles.length > 0 ? titles.map((one) => String(one.title)) : ['all'])
    site.tools.leftOut.add(
      `views of ${nameOfTable(stored)}`,
      'the backup does not hold what is in them',
      title,
    );
};

const hooksOf = async (site: Site, base: StoredBase, work: PlannedWork): Promise<void> => {
  const active = work.request.options.activateHooks;
  for (const { table, definition } of await newTables(site, base, work)) {
    const { hooks, views } = await definition();
    if (!hooks?.length) continue;
    await makeAllHooks(site, table, { all: hooks, active, views: await viewIds(site, table, views) });
  }
};
