import { databaseNamed, type DatabaseContents, type Session, withMaintenance } from '@nocodb-backup/postgres';
import type { PlannedStep } from '@nocodb-backup/events';
import type { Conclusion, Plan, PlannedWork, Restoration, StepOutcome, Work } from '../restoration.js';
import type { Target } from '../target.js';
import { encryptionWarnings } from './encryption-warnings.js';
import { expectedOf } from './expected.js';
import { intoSameDatabase } from './in-place.js';
import { intoNewDatabase } from './into-new-database.js';
import { countedContents } from './load.js';
import { markIn } from './mark.js';
import { nextSteps } from './next-steps.js';
import { locked } from './locked.js';
import { plannedDump } from './plan-dump.js';
import { type Place, placeOf } from './place.js';
import { serverWarnings } from './server-warnings.js';
import { keptDatabases, removeKept } from './tidy.js';

/** Puts a whole database back: `restore-dump`. */
export class RestoreDump implements Restoration {
  constructor(private readonly target: Pick<Target, 'database' | 'config'>) {}

  async plan(work: Work): Promise<Plan> {
    return plannedDump(placeOf(this.target, work.request), work);
  }

  sources({ backup: { manifest } }: PlannedWork): readonly string[] {
    return manifest.artifacts.filter(({ part }) => part === 'dump').map(({ path }) => path);
  }

  async perform({ key }: PlannedStep, work: PlannedWork): Promise<StepOutcome> {
    const place = placeOf(this.target, work.request);
    const perform = key === 'in-place' ? intoSameDatabase : intoNewDatabase;
    return locked(place, work.signal, async (session) => {
      const contents = (await isDone(session, place))
        ? await countedContents(place.connection, place, work.signal)
        : await perform(session, place, work);
      return outcomeOf(session, { place, work, contents });
    });
  }

  async conclude({ request, backup, signal }: PlannedWork): Promise<Conclusion> {
    const place = placeOf(this.target, request);
    const kept = await withMaintenance(place.connection, { signal }, (session) =>
      keptDatabases(session, place),
    );
    const own = kept.find(({ restore }) => restore === place.restoreId);
    return { next: nextSteps(place, backup, own?.name), warnings: [] };
  }
}

/** Whether an earlier attempt got as far as the swap and could not record it: the database tells. */
const isDone = async (session: Session, { connection, restoreId }: Place): Promise<boolean> => {
  const mark = markIn((await databaseNamed(session, connection.database))?.comment);
  return mark?.is === 'restored' && mark.of === connection.database && mark.restore === restoreId;
};

interface Restored {
  readonly place: Place;
  readonly work: PlannedWork;
  readonly contents: DatabaseContents;
}

const outcomeOf = async (session: Session, { place, work, contents }: Restored): Promise<StepOutcome> => {
  const { connection, encryptKey } = place;
  const { signal, backup } = work;
  const expected = await expectedOf(backup);
  return {
    target: connection.database,
    counts: {
      tables: contents.tables.length,
      rows: contents.tables.reduce((sum, { rows }) => sum + rows, 0),
    },
    leftOut: [],
    warnings: [
      ...serverWarnings(backup.manifest.postgres, expected, contents.server),
      ...(await encryptionWarnings(connection, encryptKey, { signal })),
      ...(await removeKept(session, place)),
    ].map((warning) => warning.slice(0, 1000)),
  };
};
