import { durationText, type Moment } from '@nocodb-backup/backup';
import type { AlertCleared, AlertRaised } from '@nocodb-backup/events';
import { instantText, type Message } from './message.js';

/** Tells of what time alone has brought about. */
export const alertMessage = ({ data }: AlertRaised): Message => ({
  level: data.level,
  title: data.title,
  lines: data.lines,
  facts: [
    ['Source', data.source],
    ['Since', instantText(new Date(data.since))],
  ],
  next: data.next,
});

/** Tells that it is over. */
export const clearedMessage = ({ data, time }: AlertCleared & Moment): Message => ({
  level: 'info',
  title: `Over: ${data.title}`,
  lines: [`It had been so for ${durationText((time.getTime() - new Date(data.since).getTime()) / 1000)}.`],
  facts: [
    ['Source', data.source],
    ['Over since', instantText(time)],
  ],
  next: [],
});
