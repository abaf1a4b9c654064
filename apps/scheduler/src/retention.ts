import { Controller } from '@nestjs/common';
import { Uploaded } from '@nocodb-backup/events';
import { type Delivery, EventLog, On } from '@nocodb-backup/messaging';
import { Judge } from './judge.js';

/** Judges the backups each time that a new one is complete. */
@Controller()
export class Retention {
  constructor(
    private readonly log: EventLog,
    private readonly judge: Judge,
  ) {}

  @On(Uploaded, { lane: 'retention' })
  async uploaded({ data }: Uploaded, { sequence, signal }: Delivery) {
    if (data.status !== 'complete' || (await this.isFollowed(sequence, signal))) return undefined;
    return this.judge.facts({ upTo: sequence, signal });
  }

  /** The delivery of a later one does it, as when all of history comes. */
  private async isFollowed(sequence: number, signal: AbortSignal): Promise<boolean> {
    const later = this.log.read('evt.backup.*.Uploaded', { from: sequence + 1, upTo: sequence, signal });
    for await (const { data } of later) if ((data as Uploaded['data']).status === 'complete') return true;
    return false;
  }
}
