import { countText, type Moment } from '@nocodb-backup/backup';
import type { NotificationFailed } from '@nocodb-backup/events';
import { instantText, type Message } from './message.js';

/** Tells on the other channels that one is broken; not that they are broken, too, when they cannot tell it either. */
export const notificationFailedMessage = ({
  data,
  time,
}: NotificationFailed & Moment): Message | undefined =>
  data.about.startsWith('evt.notification.')
    ? undefined
    : {
        level: 'error',
        title: `Alerts by ${data.channel} do not arrive`,
        lines: [`People could not be told by ${data.channel} of ${data.about}.`, data.failure.reason],
        facts: [
          ['Channel', data.channel],
          ['Given up', `${instantText(time)}, after ${countText(data.failure.attempts, 'attempt')}`],
        ],
        next: ['Mend the channel, then try it:', `nocodb-backup notify-test --channel ${data.channel}`],
      };
