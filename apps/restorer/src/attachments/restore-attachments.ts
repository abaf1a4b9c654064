import { PermanentError, type PlannedStep } from '@nocodb-backup/events';
import type { NocoDb } from '@nocodb-backup/nocodb';
import type { StoredTable } from '@nocodb-backup/vault';
import { matched } from '../mapping/matched.js';
import { tablesInScope } from '../scope.js';
import { nameOfTable } from '../records/table-pair.js';
import { RefusedError } from '../refused-error.js';
import type { Conclusion, Plan, PlannedWork, Restoration, StepOutcome, Work } from '../restoration.js';
import type { Job } from './job.js';
import { attachmentSources, attachmentSteps, tableOfAttachmentStep } from './attachment-steps.js';
import { restoreTableAttachments } from './restore-table-attachments.js';

/** Puts back the attached files of records that are on the target with their original ids. */
export class RestoreAttachments implements Restoration {
  constructor(private readonly target: Job['target']) {}

  async plan(work: Work): Promise<Plan> {
    return plan(this.target.api, work);
  }

  sources(work: PlannedWork): readonly string[] {
    return attachmentSources(wantedTables(work));
  }

  async perform(step: PlannedStep, work: PlannedWork): Promise<StepOutcome> {
    const stored = tableOfAttachmentStep(step, wantedTables(work));
    if (stored === undefined)
      throw new PermanentError(`backup ${work.backup.id} has no table for step ${step.key}`);
    if (step.target === null) return withoutTable(stored);
    return restoreTableAttachments(this.target, { stored, tableId: step.target, recordIdOf: sameId }, work);
  }

  conclude(): Promise<Conclusion> {
    return Promise.resolve({ next: [], warnings: [] });
  }
}

const sameId = (id: unknown): number | string | undefined =>
  typeof id === 'number' || typeof id === 'string' ? id : undefined;

const plan = async (api: NocoDb, work: Work): Promise<Plan> => {
  const scoped = tablesInScope(work.backup, work.request.scope);
  const steps = attachmentSteps(scoped, await targetsOf(api, work));
  const failed = scoped.filter(({ paths }) => paths.schema === undefined);
  const warnings = failed.slice(0, 100).map((table) => `${nameOfTable(table)} is not in the backup`);
  if (steps.length === 0) throw new RefusedError(nothing(work));
  if (steps.every(({ target }) => target === null)) throw new RefusedError(nowhere(work));
  return { steps, warnings };
};

const nothing = ({ backup }: Work): string =>
  `backup ${backup.id} holds no attached files of what is asked for: nocodb-backup inspect ${backup.id}`;

const nowhere = ({ backup }: Work): string =>
  'the target has none of the tables whose attached files are asked for. Put their records back first: ' +
  `nocodb-backup restore-dump ${backup.id}, or restore-schema and then restore-records --with-attachments`;

/** The id on the target by the stored table; null where it is not there, or cannot be told from others. */
const targetsOf = async (api: NocoDb, { backup, request, signal }: Work) => {
  const found = new Map<string, string>();
  const bases = matched(backup.bases, await api.bases(signal));
  const inScope = new Set(tablesInScope(backup, request.scope).map(({ base }) => base.id));
  for (const { id, tables } of backup.bases.filter((base) => inScope.has(base.id))) {
    const base = bases.found.get(id);
    if (base === undefined) continue;
    const present = (await api.tables(base.id, signal)).filter(({ mm }) => !mm);
    const entries = tables.map(({ entry }) => entry);
    for (const [stored, table] of matched(entries, present).found) found.set(stored, table.id);
  }
  return ({ entry }: StoredTable): string | null => found.get(entry.id) ?? null;
};

const withoutTable = (stored: StoredTable): StepOutcome => {
  const { files, missing } = stored.entry.attachments;
  const what = `files of ${nameOfTable(stored)}`.slice(0, 300);
  const reason =
    'the target has no such table, or several that cannot be told apart: put the table back first';
  return {
    target: null,
    counts: { files: 0, bytes: 0, alreadyThere: 0 },
    leftOut: [{ what, reason, count: Math.max(1, files + missing), examples: [] }],
    warnings: [],
  };
};

const wantedTables = ({ backup, request }: Work): readonly StoredTable[] =>
  tablesInScope(backup, request.scope);
