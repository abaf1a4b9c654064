import { countText, type Moment } from '@nocodb-backup/backup';
import type { RunDecided, VersionSeen } from '@nocodb-backup/events';
import { instantText, type Message } from './message.js';

/** Tells of planned runs that nobody began in time, and of those that were left out; nothing of one that went as planned. */
export const runMessage = ({ data, time }: RunDecided & Moment): Message | undefined => {
  const { source, run, decision, behind, missed } = data;
  if (!missed && decision !== 'skip') return undefined;
  const left = decision === 'skip';
  return {
    level: 'warning',
    title: left ? `Planned backup left out: ${source}` : `Planned backup missed: ${source}`,
    lines: [
      ...(missed
        ? [
            `${missed.runs === 1000 ? 'At least ' : ''}${countText(missed.runs, 'planned backup was', 'planned backups were')} not begun in time, since ${instantText(new Date(missed.since))}: the machine or the scheduler was down.`,
          ]
        : []),
      decisions[decision](run, behind),
    ],
    facts: [
      ['Source', source],
      ['Decided', instantText(time)],
    ],
    next: left
      ? [
          'If backups take longer than the time between them, plan fewer of them, or see what is slow:',
          show(behind),
        ]
      : ['See that the machine and the services stay up:', 'nocodb-backup doctor'],
  };
};

const show = (behind: string | undefined): string =>
  behind === undefined ? 'nocodb-backup list' : `nocodb-backup show ${behind}`;

const decisions = {
  start: (run: string) => `It is made up for now: backup ${run}.`,
  queue: (run: string, behind = 'another backup') => `Backup ${run} follows as soon as ${behind} has ended.`,
  skip: (run: string, behind = 'another backup') =>
    `The run of ${run} was left out, because ${behind} was still running.`,
};

/** Tells that NocoDB was upgraded; nothing of the first version that was seen. */
export const versionMessage = ({ data, time }: VersionSeen & Moment): Message | undefined =>
  data.previous === null
    ? undefined
    : {
        level: 'info',
        title: `NocoDB has another version: ${data.source}`,
        lines: [`NocoDB answers with version ${data.version}; before, it was ${data.previous}.`],
        facts: [
          ['Source', data.source],
          ['Seen', instantText(time)],
        ],
        next: [],
      };
