import { z } from 'zod';
import { type EventOf, stream, Token } from './event.js';
import { Failure, Warning } from './vocabulary.js';

/** Where people are told: each way is a channel with a lane of its own. */
export const NotificationChannel = z.enum(['email', 'teams', 'slack', 'discord', 'ntfy', 'webhook', 'ping']);
export type NotificationChannel = z.infer<typeof NotificationChannel>;

const channelEvent = stream('channel', 'channel');
const event = stream('notification', 'eventId');
const alertEvent = stream('alert', 'alertId');

/** How much people must know of it: `error` needs them, `warning` may, `info` is good to know. */
export const NoticeLevel = z.enum(['error', 'warning', 'info']);
export type NoticeLevel = z.infer<typeof NoticeLevel>;

export const ChannelOpened = channelEvent(
  'ChannelOpened',
  {
    by: 'notifier',
    meaning: 'a channel is there for the first time: what happened before is not told on it',
  },
  {},
);
export type ChannelOpened = EventOf<typeof ChannelOpened>;

/** The subject of the event that is told, as people find it in `nocodb-backup events`. */
const about = z.string().max(600);

export const NotificationSent = event(
  'NotificationSent',
  {
    by: 'notifier',
    key: 'channel',
    meaning: 'people were told of the event on the channel; they are not told again',
  },
  {
    channel: NotificationChannel,
    about,
    level: NoticeLevel,
    title: z.string().max(300),
    /** Such as a recipient that the mail server refused. */
    warnings: z.array(Warning).max(20),
  },
);
export type NotificationSent = EventOf<typeof NotificationSent>;

export const NotificationFailed = event(
  'NotificationFailed',
  { by: 'notifier', key: 'channel', meaning: 'no attempt could tell people of the event on the channel' },
  { channel: NotificationChannel, about, failure: Failure },
);
export type NotificationFailed = EventOf<typeof NotificationFailed>;

/** What time alone brings about. `retention-stuck`: what should have been deleted long ago still lies there. */
export const AlertKind = z.enum(['overdue', 'no-good-backup', 'shrunken', 'disk-full', 'retention-stuck']);
export type AlertKind = z.infer<typeof AlertKind>;

const sentences = z.array(z.string().max(500)).max(20);

export const AlertRaised = alertEvent(
  'AlertRaised',
  {
    by: 'notifier',
    meaning: 'something is wrong that no single event says; it is said once, until it is over',
  },
  {
    kind: AlertKind,
    source: Token,
    level: NoticeLevel,
    title: z.string().max(300),
    /** What is wrong, a sentence each. */
    lines: sentences,
    /** What a person does about it. */
    next: sentences,
    since: z.iso.datetime(),
  },
);
export type AlertRaised = EventOf<typeof AlertRaised>;

export const AlertCleared = alertEvent(
  'AlertCleared',
  { by: 'notifier', meaning: 'what the alert was about is over' },
  { kind: AlertKind, source: Token, title: z.string().max(300), since: z.iso.datetime() },
);
export type AlertCleared = EventOf<typeof AlertCleared>;
