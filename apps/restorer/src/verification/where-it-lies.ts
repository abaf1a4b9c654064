import { type Backup, placesOfBackup } from '@nocodb-backup/backup';
import { PermanentError } from '@nocodb-backup/events';
import type { VaultReader } from '@nocodb-backup/vault';
import type { Place, Places } from './places.js';

/** Where a backup can be looked at, and what a person should know of where it cannot. */
export interface Where {
  readonly places: readonly [Place, ...Place[]];
  readonly warnings: readonly string[];
}

/** The places of a backup by the log, or, where the log does not know it, by what lies there. Rejects with PermanentError where there is none. */
export const whereItLies = async (
  { all }: Places,
  backup: Backup | undefined,
  backupId: string,
): Promise<Where> => {
  if (backup) return byTheLog(all, backup);
  const [first, ...rest] = await found(all, backupId);
  if (first) return { places: [first, ...rest], warnings: [] };
  throw new PermanentError(
    `there is no backup ${backupId}: neither the event log nor ${namesOf(all)} knows it. All backups: nocodb-backup list`,
  );
};

const byTheLog = (all: readonly Place[], backup: Backup): Where => {
  const names = placesOfBackup(backup);
  if (names.length === 0)
    throw new PermanentError(
      `backup ${backup.id} lies nowhere: ${backup.ending ? 'it was not sealed, or is deleted' : 'it is still being made'}. ` +
        `What became of it: nocodb-backup show ${backup.id}`,
    );
  const [first, ...rest] = all.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => !all.some((place) => place.name === name));
  if (first)
    return {
      places: [first, ...rest],
      warnings: unknown.map(
        (name) => `it lies in "${name}", too, which this service does not know: not looked at there`,
      ),
    };
  throw new PermanentError(
    `backup ${backup.id} lies in ${unknown.join(' and ')}, which this service does not know: give it the variables of that place`,
  );
};

const found = async (all: readonly Place[], backupId: string): Promise<Place[]> => {
  const places: Place[] = [];
  for (const place of all) if (await isHere(place.reader, backupId)) places.push(place);
  return places;
};

const isHere = async (reader: VaultReader, backupId: string): Promise<boolean> => {
  for await (const _ of reader.files(backupId)) return true;
  return false;
};

const namesOf = (all: readonly Place[]): string => all.map(({ name }) => `"${name}"`).join(' or ');
