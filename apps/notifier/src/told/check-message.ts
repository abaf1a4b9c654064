import { durationText, type Moment, numberText, sizeText } from '@nocodb-backup/backup';
import type { VerificationFailed, Verified } from '@nocodb-backup/events';
import { firstOf, instantText, type Message } from './message.js';

const nouns = { verify: 'verification', drill: 'drill' } as const;

/** Tells that a backup was found whole, or was restored on trial. */
export const verifiedMessage = ({ data, time }: Verified & Moment): Message => ({
  level: 'info',
  title: data.kind === 'drill' ? 'Backup restored on trial' : 'Backup verified',
  lines: [
    data.kind === 'drill'
      ? `Backup ${data.backupId} was restored on trial: every row that it should have came back.`
      : `Every byte of backup ${data.backupId} that was read is as it was stored.`,
    ...firstOf(data.warnings, `nocodb-backup show ${data.backupId}`),
  ],
  facts: [
    ['Backup', data.backupId],
    ['Checked', instantText(time)],
    ['Took', durationText(data.seconds)],
    ['Read', `${numberText(data.files)} files, ${sizeText(data.bytes)}`],
    ['Lies in', data.destinations.join(', ')],
  ],
  next: [],
});

/** Tells that a backup is damaged, or could not be looked at. */
export const damageMessage = ({ data, time }: VerificationFailed & Moment): Message => {
  const { backupId, kind, findings, failure } = data;
  const isDamaged = findings.length > 0;
  return {
    level: 'error',
    title: isDamaged ? `Backup DAMAGED: ${backupId}` : `The ${nouns[kind]} of a backup failed`,
    lines: [
      isDamaged
        ? `The ${nouns[kind]} of ${backupId} found damage: a restore of it would be incomplete, or fail.`
        : `Whether backup ${backupId} is whole is not known: it could not be looked at.`,
      ...firstOf(findings, `nocodb-backup show ${backupId}`),
      ...(failure ? [failure.reason] : []),
    ],
    facts: [
      ['Backup', backupId],
      ['Found', instantText(time)],
      ['By', nouns[kind]],
    ],
    next: isDamaged
      ? ['Make a good backup now, then see what happened to this one:', 'nocodb-backup backup', again(data)]
      : ['Mend what it says, then try again:', again(data)],
  };
};

const again = ({ kind, backupId }: VerificationFailed['data']): string => `nocodb-backup ${kind} ${backupId}`;
