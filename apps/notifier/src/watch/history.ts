import { Injectable } from '@nestjs/common';
import { EventLog } from '@nocodb-backup/messaging';
import { backupsOf, type Chronicle, evolveChronicle, isGood, type Noted } from './chronicle.js';

/** One a backup at most, or rare: reading them costs the same, however many tables there are. */
const filters = [
  'evt.backup.*.BackupDeleted.*',
  'evt.backup.*.VerificationFailed.*',
  'evt.backup.*.UploadFailed',
  'evt.backup.*.Uploaded',
  'evt.backup.*.BackupRequested',
] as const;

/** What the log says of all backups, brought up to date when somebody asks. */
@Injectable()
export class History {
  private chronicle: Chronicle = new Map();
  private readonly next = new Map<string, number>();
  private reading: Promise<unknown> = Promise.resolve();

  constructor(private readonly log: EventLog) {}

  /** The chronicle up to the end of the log as of the call. Throws when the log does not answer. */
  async now(signal: AbortSignal): Promise<Chronicle> {
    const reading = this.reading.catch(() => undefined).then(() => this.readOn(signal));
    this.reading = reading;
    await reading;
    return this.chronicle;
  }

  /** The newest good backup of the source that is older than the one with the id. */
  async lastGood(source: string, before: string, signal: AbortSignal) {
    const older = backupsOf(await this.now(signal), source).filter(({ id }) => id < before);
    const last = older.find((entry) => isGood(entry));
    return last?.ended && { id: last.id, endedAt: last.ended.at };
  }

  private async readOn(signal: AbortSignal): Promise<void> {
    for (const filter of filters) await this.readOnIn(filter, signal);
  }

  private async readOnIn(filter: string, signal: AbortSignal): Promise<void> {
    let facts: Noted[] = [];
    const from = this.next.get(filter) ?? 1;
    let next = from;
    for await (const fact of this.log.read(filter, { from, signal })) {
      facts.push(fact as unknown as Noted);
      next = fact.sequence + 1;
      if (facts.length === 500) facts = this.noted(filter, facts, next);
    }
    this.noted(filter, facts, next);
  }

  private noted(filter: string, facts: readonly Noted[], next: number): Noted[] {
    this.chronicle = evolveChronicle(this.chronicle, facts);
    this.next.set(filter, next);
    return [];
  }
}
