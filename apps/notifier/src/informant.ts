import { Injectable } from '@nestjs/common';
import {
  type Backup,
  evolveRestore,
  hasEnded,
  type Moment,
  type Restore,
  type RestoreFact,
} from '@nocodb-backup/backup';
import type { AlertRaised, Event, NotificationChannel } from '@nocodb-backup/events';
import { type Delivery, EventLog } from '@nocodb-backup/messaging';
import { readBackup } from '@nocodb-backup/service';
import type { Notice } from './channels/channel.js';
import { Telling } from './settings.js';
import type { Known, Tellable } from './told/known.js';
import { message, type Message } from './told/message.js';
import { messageOf } from './told/message-of.js';
import { backupsOf } from './watch/chronicle.js';
import { History } from './watch/history.js';

type Data = Readonly<Record<string, unknown>> & {
  readonly backupId?: string;
  readonly restoreId?: string;
  readonly destination?: string;
  readonly channel?: string;
};
type Place = Pick<Delivery, 'sequence' | 'time' | 'signal' | 'cause'>;

/** Reads in the log what one must know to tell of an event. */
@Injectable()
export class Informant {
  constructor(
    private readonly log: EventLog,
    private readonly history: History,
    private readonly telling: Telling,
  ) {}

  /** What is told of the event on the channel; undefined where there is nothing to tell. */
  async notice(channel: NotificationChannel, event: Event, place: Place): Promise<Notice | undefined> {
    const { type, subject, data, version } = event as Event<string, Data>;
    if (type === 'NotificationFailed' && data.channel === channel) return undefined;
    const { sequence, time, cause } = place;
    const recorded = { type, subject, data, version, sequence, time };
    const known = await this.knownOf(recorded, place.signal);
    const told =
      channel === 'ping'
        ? await this.pinged(recorded, known, place.signal)
        : messageOf(tellable(recorded), known);
    return told && { id: cause.id, type, time, message: told, backup: known.backup };
  }

  private async knownOf(event: Recorded, signal: AbortSignal): Promise<Known> {
    const { backupId, restoreId } = event.data;
    if (restoreId !== undefined) return { restore: await this.restore(restoreId, signal) };
    if (backupId === undefined) return {};
    const backup = await readBackup(this.log, backupId, { upTo: event.sequence, signal });
    return {
      backup,
      lastGood: backup && (await this.history.lastGood(backup.request.source, { before: backup.id, signal })),
      isRepeated: event.type === 'DeletionFailed' && (await this.hasFailedBefore(event, signal)),
    };
  }

  /** What a dead man's switch is told: of its source alone, and nothing that later backups have made untrue. */
  private async pinged(event: Recorded, known: Known, signal: AbortSignal): Promise<Message | undefined> {
    const { source } = this.telling;
    if (event.type === 'AlertRaised')
      return isSilence(event, source) ? messageOf(tellable(event), known) : undefined;
    const { backup } = known;
    if (backup?.request.source !== source) return undefined;
    const newest = backupsOf(await this.history.now(signal), source).find(({ hasEnded }) => hasEnded);
    if (event.type === 'BackupRequested') return hasEnded(backup) ? undefined : begun(backup);
    return newest && newest.id > backup.id ? undefined : messageOf(tellable(event), known);
  }

  private async restore(restoreId: string, signal: AbortSignal): Promise<Restore | undefined> {
    let restore: Restore | undefined;
    for await (const fact of this.log.read(`evt.restore.${restoreId}.>`, { signal }))
      restore = evolveRestore(restore, fact as unknown as RestoreFact);
    return restore;
  }

  private async hasFailedBefore({ data, sequence }: Recorded, signal: AbortSignal): Promise<boolean> {
    const filter = `evt.backup.${data.backupId ?? ''}.DeletionFailed.*`;
    for await (const earlier of this.log.read(filter, { signal })) {
      if (earlier.sequence >= sequence) return false;
      if ((earlier.data as Data).destination === data.destination) return true;
    }
    return false;
  }
}

type Recorded = Event<string, Data> & Moment;

const tellable = (event: Recorded): Tellable => event as unknown as Tellable;

/** There was no backup when there should have been. */
const isSilence = (event: Recorded, own: string): boolean => {
  const { kind, source } = event.data as unknown as AlertRaised['data'];
  return source === own && (kind === 'overdue' || kind === 'no-good-backup');
};

const begun = ({ id, request }: Backup): Message =>
  message({
    level: 'info',
    title: `Backup begun: ${request.source}`,
    lines: [`Backup ${id} was requested by ${request.requestedBy}.`],
    facts: [],
    next: [],
  });
