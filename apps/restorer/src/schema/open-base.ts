import { PermanentError } from '@nocodb-backup/events';
import type { NocoDb } from '@nocodb-backup/nocodb';
import type { StoredBase } from '@nocodb-backup/vault';
import { matched } from '../mapping/matched.js';
import type { PlannedWork } from '../restoration.js';
import { metadataOf } from './metadata.js';
import { tablesOf } from './stored-tables.js';
import { TargetBase } from './target-base.js';

/** The base that was made or found, with what is in it by now. */
export const openBase = async (
  api: NocoDb,
  base: StoredBase,
  { done, signal }: PlannedWork,
): Promise<TargetBase> => {
  const id = done.get(`base-${base.id}`)?.target;
  if (typeof id !== 'string') throw new PermanentError(`base "${base.title}" was not made`);
  const { prefix } = await api.baseDetail(id, signal);
  const present = (await api.tables(id, signal)).filter(({ mm }) => !mm);
  const entries = base.tables.map(({ entry }) => entry);
  const tableIds = new Map([...matched(entries, present).found].map(([stored, there]) => [stored, there.id]));
  for (const { id: stored } of entries) {
    const recorded = done.get(`table-${stored}`);
    if (recorded === undefined) continue;
    if (recorded.target === null) tableIds.delete(stored);
    else tableIds.set(stored, recorded.target);
  }
  const metadata = await metadataOf(base);
  return new TargetBase(api, {
    id,
    title: base.title,
    prefixes: { before: metadata.prefix, now: typeof prefix === 'string' ? prefix : '' },
    foreign: metadata.foreign,
    stored: await tablesOf(base.tables),
    tableIds,
  });
};
