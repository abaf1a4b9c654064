import type { PlannedStep } from '@nocodb-backup/events';
import type { Base, NocoDb, TableSummary } from '@nocodb-backup/nocodb';
import type { StoredTable } from '@nocodb-backup/vault';
import { matched } from '../mapping/matched.js';
import { ownColumns } from '../mapping/column-pairs.js';
import { nameOfTable } from '../records/table-pair.js';
import { RefusedError } from '../refused-error.js';
import type { Plan, Work } from '../restoration.js';
import { isComputed } from './column-body.js';
import { linkPairs } from './link-pairs.js';
import { wantedBases, type WantedBase } from '../scope.js';
import { definitionOf, isDefined, tablesOf } from './stored-tables.js';

const maySeeLess =
  "the API token's user is not the super admin: a base that it is not a member of is not seen, and made once more";

/** Which bases and tables are to be made, and which are there. Throws a RefusedError where that cannot be meant. */
export const planSchema = async (api: NocoDb, { request, backup, signal }: Work): Promise<Plan> => {
  const wanted = wantedBases(backup, request.scope);
  const { found, ambiguous } = matched(backup.bases, await api.bases(signal));
  refuseAmbiguous(wanted, ambiguous);
  const steps: PlannedStep[] = [];
  const present: string[] = [];
  for (const one of wanted) {
    const looked = await lookedAt(api, one, { there: found.get(one.base.id), signal });
    present.push(...one.tables.filter(({ entry }) => looked.tables.has(entry.id)).map(nameOfTable));
    steps.push(...(await stepsOf(one, looked)));
  }
  if (!request.options.skipExisting) refusePresent(present);
  return { steps, warnings: (await api.seesEveryBase(signal)) ? [] : [maySeeLess] };
};

const refuseAmbiguous = (
  wanted: readonly WantedBase[],
  ambiguous: ReadonlyMap<string, readonly string[]>,
): void => {
  for (const { base } of wanted) {
    const ids = ambiguous.get(base.title);
    if (ids === undefined) continue;
    throw new RefusedError(
      `NocoDB has ${ids.length} ${ids.length === 1 ? 'base' : 'bases'} with the title "${base.title}" (${ids.join(', ')}), and the ` +
        'backup another number of them: nobody can tell which is which. Rename those in NocoDB that are not meant, and try again',
    );
  }
};

const mostNames = 30;

const refusePresent = (present: readonly string[]): void => {
  if (present.length === 0) return;
  const more = present.length - mostNames;
  const names = present.slice(0, mostNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
  throw new RefusedError(
    `there already are ${names}. Use --skip-existing to leave tables that are there as they are and make the others, ` +
      'or rename or delete them in NocoDB first',
  );
};

interface Looked {
  readonly there: Base | undefined;
  /** Those of the wanted tables that are there, by their id in the backup. */
  readonly tables: ReadonlyMap<string, TableSummary>;
}

const lookedAt = async (
  api: NocoDb,
  { base }: WantedBase,
  { there, signal }: { there: Base | undefined; signal: AbortSignal },
): Promise<Looked> => {
  if (!there) return { there, tables: new Map() };
  const present = (await api.tables(there.id, signal)).filter(({ mm }) => !mm);
  const entries = base.tables.map(({ entry }) => entry);
  return { there, tables: matched(entries, present).found };
};

const stepsOf = async (
  { base, tables }: WantedBase,
  { there, tables: present }: Looked,
): Promise<PlannedStep[]> => {
  const missing = tables.filter(({ entry }) => !present.has(entry.id));
  const action = there ? 'make tables in it' : 'make it';
  const title = `base "${base.title}"`;
  return [
    step(`base-${base.id}`, title, action, there?.id),
    ...tables.map((table) => tableStep(table, present.get(table.entry.id))),
    ...(missing.length > 0 ? await laterSteps({ base, tables: missing }, title) : []),
  ];
};

const step = (key: string, title: string, action: string, target?: string): PlannedStep => ({
  key,
  title: title.slice(0, 300),
  action,
  target: target ?? null,
  existing: null,
});

const tableStep = (table: StoredTable, there: TableSummary | undefined): PlannedStep =>
  step(
    `table-${table.entry.id}`,
    nameOfTable(table),
    there ? 'leave it as it is' : isDefined(table) ? 'make it with its columns' : 'leave it out',
    there?.id,
  );

/** What needs all tables of the base, and then what needs all their columns. */
const laterSteps = async ({ base, tables }: WantedBase, title: string): Promise<PlannedStep[]> => {
  const all = await tablesOf(base.tables);
  const ids = new Set(tables.map(({ entry }) => entry.id));
  const isNew = (id: string) => ids.has(id);
  const links = linkPairs(all.values()).filter(
    ({ front }) => isNew(front.table.id) || isNew(front.options.fk_related_model_id),
  ).length;
  const computed = [...all.values()]
    .filter(({ id }) => isNew(id))
    .flatMap((table) => ownColumns(table).filter(isComputed)).length;
  const { views, hooks } = await viewsAndHooks(tables);
  return [
    ...(links > 0
      ? [step(`links-${base.id}`, title, `make ${counted(links, 'link')} between its tables`)]
      : []),
    ...(computed > 0
      ? [
          step(
            `computed-${base.id}`,
            title,
            `make ${counted(computed, 'column')} that NocoDB works out: lookups, rollups, formulas and the like`,
          ),
        ]
      : []),
    ...views,
    ...(hooks > 0 ? [step(`hooks-${base.id}`, title, `make ${counted(hooks, 'webhook')}`)] : []),
  ];
};

const viewsAndHooks = async (tables: readonly StoredTable[]) => {
  const views: PlannedStep[] = [];
  let hooks = 0;
  for (const table of tables.filter(isDefined)) {
    const definition = await definitionOf(table);
    const number = definition.views.length;
    views.push(
      step(
        `views-${table.entry.id}`,
        nameOfTable(table),
        number > 0 ? `make ${counted(number, 'view')}` : 'leave views out',
      ),
    );
    hooks += definition.hooks?.length ?? 0;
  }
  return { views, hooks };
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
