import { NotificationChannel } from '@nocodb-backup/events';
import { service } from '@nocodb-backup/service';
import { toldChannels } from './channels-of.js';
import { NotifierConfig } from './config.js';
import { Informant } from './informant.js';
import { laneOf } from './lane-of.js';
import { Clock, Telling } from './settings.js';
import { Teller } from './teller.js';
import { History } from './watch/history.js';
import { Observatory } from './watch/observatory.js';
import { Watch } from './watch/rules.js';
import { Watchman } from './watch/watchman.js';
import { watchOf } from './watch/watch-of.js';

const MINUTE_MS = 60_000;

/** Folds the log and tells people. */
export const notifier = service({
  name: 'notifier',
  config: NotifierConfig,
  controllers: [],
  moreControllers: (config) => toldChannels(config).map(({ name }) => laneOf(name)),
  possibleControllers: () => NotificationChannel.options.map(laneOf),
  providers: (config) => [
    { provide: Telling, useFactory: () => tellingOf(config) },
    { provide: Clock, useValue: { now: () => new Date() } },
    { provide: Watch, useFactory: () => watchOf(config) },
    History,
    Informant,
    Teller,
    Observatory,
    Watchman,
  ],
  // A channel may be away for hours: 12 attempts in 7 hours, and rate limits count as deliveries only.
  policy: {
    attempts: 12,
    backoffMs: [10_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS],
    maxDeliver: 100,
  },
});

const tellingOf = (config: NotifierConfig): Telling =>
  new Telling(toldChannels(config), config.NOCODB_BACKUP_ALERT_LEVEL, config.NOCODB_BACKUP_SOURCE);
