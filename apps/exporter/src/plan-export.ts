import type { Artifact, ExportPlanned } from '@nocodb-backup/events';
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

const nothing =
  "the user of the API token sees no base in NocoDB: make it a member of the bases, or use the owner's token";

/** Looks which bases and tables there are, and writes each base's `metadata.json`. */
export const planExport = async (
  tools: PlanningTools,
): Promise<Omit<ExportPlanned['data'], 'backupId' | 'attempt'>> => {
  const nocodbVersion = await tools.api.version(tools.signal);
  const found = await basesOf(tools);
  const plan = planOf(found);
  const artifacts: Artifact[] = [];
  for (const { baseId, folder } of plan.bases) {
    const base = found.find((candidate) => candidate.base.id === baseId)?.base;
    const tables = plan.tables.filter((table) => table.baseId === baseId);
    const metadata = prettyJson({ nocodbVersion, base, tables });
    artifacts.push(await tools.sink.store(`${folder}/metadata.json`, metadata, tools.signal));
  }
  return { ...plan, artifacts, nocodbVersion, warnings: found.length === 0 ? [nothing] : [] };
};

const basesOf = async ({ api, signal }: PlanningTools): Promise<Described[]> => {
  const found = [];
  for (const { id } of await api.bases(signal)) {
    found.push({ base: await api.baseDetail(id, signal), tables: await api.tables(id, signal) });
  }
  return found;
};
