import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  ChannelOpened,
  type Event,
  type NoticeLevel,
  type NotificationChannel,
  NotificationSent,
} from '@nocodb-backup/events';
import { type Delivery, EventLog, PostponedError } from '@nocodb-backup/messaging';
import { type Channel, type Notice, RateLimitedError } from './channels/channel.js';
import { Informant } from './informant.js';
import { type AlertLevel, Clock, Telling } from './settings.js';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is older is not told, as after a long outage: bad news for a week, good news for a day. */
const longest: Readonly<Record<NoticeLevel, number>> = {
  error: 7 * DAY_MS,
  warning: 7 * DAY_MS,
  info: DAY_MS,
};

const levels: Readonly<Record<AlertLevel, readonly NoticeLevel[]>> = {
  errors: ['error'],
  warnings: ['error', 'warning'],
  all: ['error', 'warning', 'info'],
};

/** Tells people of one event on one channel: once, except when it dies between the other side's yes and the fact. */
@Injectable()
export class Teller implements OnApplicationBootstrap {
  private readonly openings = new Map<NotificationChannel, Promise<number>>();

  constructor(
    private readonly log: EventLog,
    private readonly telling: Telling,
    private readonly informant: Informant,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { name } of this.telling.channels) await this.openedAt(name);
  }

  /** The fact that people were told; undefined where they are not to be, or have been already. */
  async tell(
    name: NotificationChannel,
    event: Event,
    delivery: Delivery,
  ): Promise<NotificationSent | undefined> {
    const { sequence, cause, signal } = delivery;
    const channel = this.telling.channels.find((one) => one.name === name);
    if (!channel || sequence < (await this.openedAt(name))) return undefined;
    if (this.clock.now().getTime() - delivery.time.getTime() > longest.error) return undefined;
    if (await this.log.holds(NotificationSent.subjectFor({ eventId: cause.id, channel: name })))
      return undefined;
    const notice = await this.informant.notice(name, event, delivery);
    if (!notice || !this.isWanted(name, notice)) return undefined;
    const warnings = await this.told(channel, notice, signal);
    const { level, title } = notice.message;
    return NotificationSent({
      eventId: cause.id,
      channel: name,
      about: event.subject,
      level,
      title,
      warnings: warnings.map((warning) => warning.slice(0, 1000)),
    });
  }

  /** A dead man's switch wants to know of good news, too. */
  private isWanted(name: NotificationChannel, { message, time }: Notice): boolean {
    const age = this.clock.now().getTime() - time.getTime();
    if (age > longest[message.level]) return false;
    return name === 'ping' || levels[this.telling.level].includes(message.level);
  }

  private async told(channel: Channel, notice: Notice, signal: AbortSignal): Promise<readonly string[]> {
    try {
      return await channel.tell(notice, signal);
    } catch (error) {
      if (error instanceof RateLimitedError) this.postpone(error, notice);
      throw error;
    }
  }

  /** The other side is asked again when it says, the later the longer that has been going on; after a day it counts as a failure. */
  private postpone({ retryAfterMs }: RateLimitedError, { time }: Notice): void {
    const now = this.clock.now().getTime();
    const age = now - time.getTime();
    if (age < DAY_MS)
      throw new PostponedError(new Date(now + Math.max(retryAfterMs, Math.min(age, HOUR_MS))));
  }

  /** Where in the log the channel was there for the first time. */
  private openedAt(channel: NotificationChannel): Promise<number> {
    const known = this.openings.get(channel);
    if (known) return known;
    const opening = this.log.append(ChannelOpened({ channel })).then(({ recorded }) => recorded.sequence);
    this.openings.set(channel, opening);
    opening.catch(() => this.openings.delete(channel));
    return opening;
  }
}
