import { PermanentError, type RestoreStepCompleted } from '@nocodb-backup/events';
import { z } from 'zod';

/** What was set aside on the target before records are added to those that are there. */
export const Reserved = z.strictObject({
  /** The first of the new ids, all of which follow it; 1 where records keep their ids. */
  firstId: z.int().nonnegative(),
  /** The place of the last record in NocoDB's order: what comes behind it is this restore's. */
  after: z.number().nonnegative(),
});
export type Reserved = z.infer<typeof Reserved>;

/** Into a table that is empty. */
export const nothingReserved: Reserved = { firstId: 1, after: 0 };

/** How a completed step tells it, in its `target`. */
export const reservedText = (reserved: Reserved): string => JSON.stringify(reserved);

/** What the completed step says. Throws a PermanentError when the step is not done: its plan is of another version. */
export const reservedIn = (step: RestoreStepCompleted['data'] | undefined): Reserved => {
  if (step?.target) return Reserved.parse(JSON.parse(step.target));
  throw new PermanentError('the ids were not reserved by an earlier step: request the restore anew');
};
