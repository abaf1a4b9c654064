import { type Artifact, type ExportPlanned, PermanentError } from '@nocodb-backup/events';
import type { Base, NocoDb } from '@nocodb-backup/nocodb';
import { prettyJson } from './gzip-json.js';
import { type FoundBase, planOf } from './plan.js';
import type { Sink } from './sink.js';

interface Described extends FoundBase {
  readonly base: Base;
}

export interface PlanningTools {
  readonly api: NocoDb;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

const seesNothing =
  "NocoDB shows no base to the API token's user (NOCODB_API_TOKEN), who is not the super admin: use a token of the super " +
  'admin, or make the user a member of the bases';
const maySeeLess =
  "the API token's user is not the super admin: bases that it is not a member of are not in the export";

/**
 * Looks which bases and tables there are, and writes each base's `metadata.json`. Throws PermanentError when there is nothing
 * to see for a user from whom something may be hidden: that would be a backup of nothing.
 */
export const planExport = async (
  tools: PlanningTools,
): Promise<Omit<ExportPlanned['data'], 'backupId' | 'attempt'>> => {
  const nocodbVersion = await tools.api.version(tools.signal);
  const found = await basesOf(tools);
  const seesEverything = await tools.api.seesEveryBase(tools.signal);
  if (found.length === 0 && !seesEverything) throw new PermanentError(seesNothing);
  const plan = planOf(found, tools.sink.secrecy !== undefined);
  const artifacts: Artifact[] = (await tools.sink.secrecy?.storeKey('export', tools.signal)) ?? [];
  for (const { baseId, folder } of plan.bases) {
    const base = found.find((candidate) => candidate.base.id === baseId)?.base;
    const tables = plan.tables.filter((table) => table.baseId === baseId);
    const metadata = prettyJson({ nocodbVersion, base, tables });
    artifacts.push(await tools.sink.store(`${folder}/metadata.json`, metadata, tools.signal));
  }
  return { ...plan, artifacts, nocodbVersion, warnings: seesEverything ? [] : [maySeeLess] };
};

const basesOf = async ({ api, signal }: PlanningTools): Promise<Described[]> => {
  const found = [];
  for (const { id } of await api.bases(signal)) {
    found.push({ base: await api.baseDetail(id, signal), tables: await api.tables(id, signal) });
  }
  return found;
};
