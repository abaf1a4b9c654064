import { Controller } from '@nestjs/common';
import { ImportCompleted, ImportFailed, ImportRequested } from '@nocodb-backup/events';
import { type Delivery, EventLog, On } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import { type BackupList, Lanes } from '@nocodb-backup/vault';
import type { SearchedPlace } from './found-backup.js';
import { findingOn } from './import-backup.js';
import { ImportPlaces } from './import-places.js';
import { foreign, refused } from './refusals.js';
import { Tally } from './tally.js';

/** Manifests that are read at once: the largest ones take 64 MiB each. */
const atOnce = 4;

/** Tells the log of what lies in the vault: after it was lost, every backup that has a usable manifest is known again. */
@Controller()
export class Importer {
  constructor(
    private readonly log: EventLog,
    private readonly places: ImportPlaces,
  ) {}

  /** A fact each, as soon as a backup was looked at: an attempt that follows a killed one finds them in the log. */
  @On(ImportRequested, {
    lane: 'import',
    unless: [ImportCompleted, ImportFailed],
    failed: ({ data: { importId } }, failure) => ImportFailed({ importId, failure }),
  })
  async import({ data: request }: ImportRequested, delivery: Delivery): Promise<ImportCompleted> {
    const began = performance.now();
    const tally = new Tally();
    const places = await this.searched(tally, delivery.signal);
    const ids = new Set(places.flatMap(({ states }) => [...states.keys()]));
    const lanes = new Lanes(atOnce);
    let done = 0;
    try {
      for (const id of [...ids].sort())
        await lanes.run(async () => {
          await this.importBackup(id, { request, places, tally, delivery });
          delivery.progress({ part: 'import', backups: ++done, backupsTotal: ids.size });
        });
    } finally {
      await lanes.ended();
    }
    return ImportCompleted({
      importId: request.importId,
      places: places.map(({ name, list }) => ({ destination: name, backups: list.sealed.length })),
      ...tally.result(),
      seconds: (performance.now() - began) / 1000,
    });
  }

  private async searched(tally: Tally, signal: AbortSignal): Promise<SearchedPlace[]> {
    const places: SearchedPlace[] = [];
    for (const { name, reader } of this.places.all) {
      signal.throwIfAborted();
      for await (const stranger of reader.strangers()) tally.refuse(refused(name, stranger, foreign));
      const list = await reader.backups();
      places.push({ name, reader, list, states: statesOf(list) });
    }
    return places;
  }

  private async importBackup(id: string, work: Work): Promise<void> {
    const { request, places, tally, delivery } = work;
    const { sequence: upTo, signal, cause } = delivery;
    signal.throwIfAborted();
    const backup = await readBackup(this.log, id, { upTo, signal });
    const { fact, isKnown, refused: refusals } = await findingOn(id, backup, { request, places });
    if (fact) await this.log.append(fact, cause, { signal });
    if (fact) tally.import(fact.data);
    // An attempt that was killed had imported it.
    else if (isKnown && backup?.imported?.n === request.importId) tally.import(backup.imported);
    else if (isKnown) tally.know();
    for (const refusal of refusals) tally.refuse(refusal);
  }
}

const statesOf = ({ sealed, unsealed }: BackupList): SearchedPlace['states'] =>
  new Map([
    ...unsealed.map((id) => [id, 'unsealed'] as const),
    ...sealed.map((id) => [id, 'sealed'] as const),
  ]);

interface Work {
  readonly request: ImportRequested['data'];
  readonly places: readonly SearchedPlace[];
  readonly tally: Tally;
  readonly delivery: Delivery;
}
