import { PermanentError, type PlannedStep } from '@nocodb-backup/events';
import type { Base } from '@nocodb-backup/nocodb';
import type { StoredBase } from '@nocodb-backup/vault';
import type { PlannedWork } from '../restoration.js';
import { attempted } from './attempted.js';
import { metadataOf } from './metadata.js';
import { count, type Tools } from './tools.js';

interface Making {
  readonly step: PlannedStep;
  readonly base: StoredBase;
  readonly work: PlannedWork;
}

/** Makes the base, unless it was there or an earlier attempt made it. Gives its id. */
export const makeBase = async (tools: Tools, { step, base, work }: Making): Promise<string> => {
  if (step.target !== null) return step.target;
  const { api, writer, signal } = tools;
  const { description, meta, order } = await metadataOf(base);
  const find = async () => ownEarlier(await api.bases(signal), base, work);
  const body = { title: base.title, description, order, meta: JSON.stringify(meta) };
  const make = () => writer.createBase(body, signal);
  const there = await find();
  const outcome = there ? { made: there } : await attempted(tools, { find, make });
  if ('refused' in outcome)
    throw new PermanentError(`base "${base.title}" cannot be made: ${outcome.refused}`);
  const { id, title } = outcome.made;
  if (title !== base.title) tools.warnings.add(`NocoDB calls base "${base.title}" "${title}" now`);
  count(tools, 'bases');
  return id;
};

/**
 * A base of that title which was not there before. The plan found no base of the title that is not known by its id: what is
 * there now, and is not another base of the backup, is what an earlier attempt made.
 */
const ownEarlier = (
  present: readonly Base[],
  base: StoredBase,
  { backup, plan, done }: PlannedWork,
): Base | undefined => {
  const others = new Set([
    ...backup.bases.map(({ id }) => id),
    ...plan.steps.map(({ target }) => target),
    ...[...done.values()].map(({ target }) => target),
  ]);
  return present.find(({ id, title }) => title === base.title && !others.has(id));
};
