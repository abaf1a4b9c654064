import { instantOf } from '@nocodb-backup/backup';
import {
  commentedDatabases,
  type Database,
  dropDatabase,
  dropUnusedDatabase,
  type Session,
  withSession,
} from '@nocodb-backup/postgres';
import { asideName } from './aside-name.js';
import { type Mark, markIn } from './mark.js';
import type { Place } from './place.js';
import { relationsIn } from './survey.js';

/** A database that a restore of this place has kept aside: of exactly the name that the restore gives, and with our mark. */
const keptMark = ({ connection: { database: of } }: Place, { name, comment }: Database): Mark | undefined => {
  const mark = markIn(comment);
  const isOurs =
    mark?.is === 'kept' &&
    mark.of === of &&
    instantOf(mark.restore) !== undefined &&
    name === asideName(of, 'before', mark.restore);
  return isOurs ? mark : undefined;
};

/** The databases that restores of this place have kept aside. */
export const keptDatabases = async (
  session: Session,
  place: Place,
): Promise<{ readonly name: string; readonly restore: string }[]> =>
  (await commentedDatabases(session)).flatMap((database) => {
    const mark = keptMark(place, database);
    return mark ? [{ name: database.name, restore: mark.restore }] : [];
  });

/** Removes what attempts at this place left unfinished: this restore's by its name, that of others by its mark, too. */
export const removeUnfinished = async (session: Session, place: Place, major: number): Promise<void> => {
  const of = place.connection.database;
  const marked = (await commentedDatabases(session)).flatMap(({ name, comment }) => {
    const mark = markIn(comment);
    return mark?.is === 'loading' && mark.of === of && name === asideName(of, 'restore', mark.restore)
      ? [name]
      : [];
  });
  for (const name of new Set([asideName(of, 'restore', place.restoreId), ...marked]))
    await dropDatabase(session, name, major);
};

/**
 * After the swap: removes what earlier restores had kept, and of this one an empty database, or any if it is wanted.
 * Resolves with warnings about what could not be removed: the restore itself is done.
 */
export const removeKept = async (session: Session, place: Place): Promise<string[]> => {
  const warnings: string[] = [];
  for (const { name, restore } of await keptDatabases(session, place)) {
    if (!(await isDue(place, name, restore))) continue;
    await dropUnusedDatabase(session, name).catch((error: unknown) => {
      warnings.push(
        `the database "${name}" could not be removed (${String(error)}): DROP DATABASE "${name}"`,
      );
    });
  }
  return warnings;
};

const isDue = async (place: Place, name: string, restore: string): Promise<boolean> => {
  if (restore !== place.restoreId) return restore < place.restoreId;
  if (place.dropOld) return true;
  return (await withSession({ ...place.connection, database: name }, {}, relationsIn)) === 0;
};
