import type { Colors } from 'picocolors/types.js';
import type { VerificationOutcome } from '../verification/outcome.js';
import { countText, durationText, sizeText } from './figures.js';
import { bullet, section } from './section.js';
import { oneLine } from './sentence.js';
import { painted } from './verdict.js';

/** What `verify` and `drill` print about one backup. */
export const verificationEnding = (outcome: VerificationOutcome, colors: Colors): string => {
  const { backupId, verdict, findings, warnings, failure } = outcome;
  return [
    `${colors.bold(backupId)}  ${painted(verdict, colors)}  ${summary(outcome)}`,
    ...section(colors.red('Damage'), findings.map(bullet)),
    ...(failure ? [`${colors.red('Not looked at:')} ${oneLine(failure.reason)}`] : []),
    ...(verdict === 'damaged' ? [NEXT] : []),
    ...section(colors.yellow('Warnings'), warnings.map(bullet)),
  ].join('\n');
};

const NEXT =
  'Make a new backup now: nocodb-backup backup. What of this one is whole can still be restored: nocodb-backup restore-records and others compare what they read with its digests';

const summary = (outcome: VerificationOutcome): string => {
  const { verdict, kind } = outcome;
  if (verdict === 'damaged')
    return kind === 'drill' ? 'it was not restored as it was backed up' : 'it is not as it was stored';
  if (verdict === 'failed') return 'it could not be looked at: nothing is known';
  return kind === 'drill' ? provenText(outcome) : verifiedText(outcome);
};

const provenText = (outcome: VerificationOutcome): string =>
  `proven: restored into a scratch database, ${countText(outcome.tables, 'table')} with ${countText(outcome.rows, 'row')}, in ${seconds(outcome)}`;

const verifiedText = (outcome: VerificationOutcome): string => {
  const { files, bytes, destinations, sample } = outcome;
  const share = sample === 'full' ? '' : `, of the attached files ${Number((sample * 100).toPrecision(3))} %`;
  return `verified: ${countText(files, 'file')}, ${sizeText(bytes)} in ${destinations.join(' and ')}${share}, in ${seconds(outcome)}`;
};

const seconds = ({ requestedAt, endedAt }: VerificationOutcome): string =>
  durationText((new Date(endedAt).getTime() - new Date(requestedAt).getTime()) / 1000);
