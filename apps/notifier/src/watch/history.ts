import { Injectable } from '@nestjs/common';
import { EventLog } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import { backupsOf, type Chronicle, evolveChronicle, type Note, type Noted, noteOf } from './chronicle.js';
import { type Good, goodOf } from './good.js';

/** One a backup at most, or rare: reading them costs the same, however many tables there are. */
const noted = [
  'evt.backup.*.UploadFailed',
  'evt.backup.*.Uploaded',
  'evt.backup.*.BackupImported.*',
  'evt.backup.*.BackupRequested',
];

/** After these a backup may be good that was not, or the other way round. */
const judging = [
  'evt.backup.*.BackupDeleted.*',
  'evt.backup.*.Downloaded.*',
  'evt.backup.*.Verified.*',
  'evt.backup.*.VerificationFailed.*',
];

/** What the log says of all backups, brought up to date when somebody asks. */
@Injectable()
export class History {
  private chronicle: Chronicle = new Map();
  private readonly next = new Map<string, number>();
  private readonly judged = new Map<string, Good | undefined>();
  private readings = 0;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(private readonly log: EventLog) {}

  /** The chronicle up to the end of the log as of the call. Throws when the log does not answer. */
  async now(signal: AbortSignal): Promise<Chronicle> {
    const reading = this.reading.catch(() => undefined).then(() => this.readOn(signal));
    this.reading = reading;
    await reading;
    return this.chronicle;
  }

  /**
   * The good backups of a source, newest first, `before`: those that are older than the one with the id. A backup is read whole
   * to be judged; once, as long as nothing happens to it.
   */
  async *good(
    source: string,
    { before, signal }: { readonly before?: string; readonly signal: AbortSignal },
  ): AsyncGenerator<Good> {
    for (const { id, hasEnded } of backupsOf(await this.now(signal), source)) {
      if (!hasEnded || (before !== undefined && id >= before)) continue;
      const good = await this.judge(id, signal);
      if (good) yield good;
    }
  }

  /** The first of them. */
  async lastGood(...asked: Parameters<History['good']>): Promise<Good | undefined> {
    for await (const good of this.good(...asked)) return good;
    return undefined;
  }

  private async judge(id: string, signal: AbortSignal): Promise<Good | undefined> {
    if (this.judged.has(id)) return this.judged.get(id);
    const { readings } = this;
    const good = goodOf(await readBackup(this.log, id, { signal }));
    // Somebody else may have read meanwhile that something happened to it.
    if (readings === this.readings) this.judged.set(id, good);
    return good;
  }

  private async readOn(signal: AbortSignal): Promise<void> {
    for (const filter of judging) await this.readOnIn(filter, () => [], signal);
    for (const filter of noted)
      await this.readOnIn(filter, (fact) => [noteOf(fact as unknown as Noted)], signal);
  }

  private async readOnIn(
    filter: string,
    notesOf: (fact: object) => Note[],
    signal: AbortSignal,
  ): Promise<void> {
    let notes: Note[] = [];
    const from = this.next.get(filter) ?? 1;
    let next = from;
    for await (const fact of this.log.read(filter, { from, signal })) {
      this.forget((fact.data as { readonly backupId: string }).backupId);
      notes.push(...notesOf(fact));
      next = fact.sequence + 1;
      if (notes.length === 500) notes = this.noted(filter, notes, next);
    }
    this.noted(filter, notes, next);
  }

  private forget(id: string): void {
    this.judged.delete(id);
    this.readings += 1;
  }

  private noted(filter: string, notes: readonly Note[], next: number): Note[] {
    this.chronicle = evolveChronicle(this.chronicle, notes);
    this.next.set(filter, next);
    return [];
  }
}
