import { type BackupFact, isCheckFact, type Verification } from '@nocodb-backup/backup';
import type { Words } from '../display.js';
import { pacing } from '../restore/restore-words.js';
import { barOf, turnOf } from '../views/bar.js';
import { durationText } from '../views/figures.js';
import { leadOf } from '../views/pace-text.js';
import { sentenceOf } from '../views/sentence.js';

/** How a running verification or drill is told of; remembers how fast it was. */
export const verificationWords = (n: string): Words<Verification, BackupFact> => {
  const paced = pacing();
  return {
    lines: ({ request, requestedAt }, figures, { now, colors }) => {
      const seconds = (now.getTime() - requestedAt.getTime()) / 1000;
      const [current] = figures.values();
      const lead = current && leadOf(current);
      const bar = lead ? `${barOf(lead.value, lead.total, colors)} ` : '';
      const text = current ? paced(n, current, now) : colors.dim('waits for a service');
      return [
        `${colors.bold(request.backupId)}  ${request.kind}  ${durationText(seconds)}`,
        `${colors.cyan(turnOf(now))} ${bar}${text}`,
        colors.dim(`Ctrl-C detaches; the ${nounOf(request)} goes on`),
      ];
    },
    lasting: () => undefined,
    line: (fact) => (isCheckFact(fact) && fact.data.n === n ? sentenceOf(fact.type, fact.data) : undefined),
    figuresLine: (_, figures, { now, state: { request } }) => `${nounOf(request)}: ${paced(n, figures, now)}`,
  };
};

/** What people call it. */
export const nounOf = ({ kind }: Pick<Verification['request'], 'kind'>): 'verification' | 'drill' =>
  kind === 'verify' ? 'verification' : 'drill';
