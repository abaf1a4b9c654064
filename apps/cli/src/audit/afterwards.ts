import type { BackupFact, Moment } from '@nocodb-backup/backup';
import type { VerificationKind } from '@nocodb-backup/events';
import { oneLine } from '../views/sentence.js';
import { countText, durationText, sizeText } from '../views/figures.js';
import { ended, failureText, listText, quoted, type Sentence, warnings } from './telling.js';

type Fact<Type extends BackupFact['type']> = Extract<BackupFact, { type: Type }> & Moment;

/** What a fact says of the backup after it was made; undefined for a fact of another sort, nothing for a wish that was answered. */
export const laterSentences = (fact: BackupFact, facts: readonly BackupFact[]): Sentence[] | undefined => {
  if (isWish(fact)) return isAnswered(fact, facts) ? [] : [{ time: fact.time, text: wishText(fact) }];
  const text =
    keepingText(fact) ?? deletionText(fact, facts) ?? checkText(fact, facts) ?? downloadText(fact, facts);
  if (text === undefined) return undefined;
  return [
    { time: fact.time, text },
    ...('warnings' in fact.data ? warnings(fact.time, fact.data.warnings) : []),
  ];
};

type Wish = Fact<'VerificationRequested' | 'DeletionRequested' | 'DownloadRequested'>;

const answers: Readonly<Record<Wish['type'], readonly string[]>> = {
  VerificationRequested: ['Verified', 'VerificationFailed'],
  DeletionRequested: ['BackupDeleted', 'DeletionRefused', 'DeletionFailed'],
  DownloadRequested: ['Downloaded', 'DownloadFailed'],
};

const isWish = (fact: BackupFact): fact is Wish => Object.hasOwn(answers, fact.type);

const isAnswered = ({ type, data: { n } }: Wish, facts: readonly BackupFact[]): boolean =>
  facts.some((fact) => answers[type].includes(fact.type) && 'n' in fact.data && fact.data.n === n);

const wishText = (fact: Wish): string => {
  const by = fact.data.requestedBy;
  switch (fact.type) {
    case 'VerificationRequested':
      return `${by} asked for a ${checkNames[fact.data.kind]}; it has not ended.`;
    case 'DeletionRequested':
      return `${by} asked for its deletion in ${fact.data.destination}${quoted(fact.data.reason)}; it has not been answered.`;
    case 'DownloadRequested':
      return `${by} asked for it to be fetched from the bucket; it has not come yet.`;
  }
};

const checkNames: Readonly<Record<VerificationKind, string>> = { verify: 'verification', drill: 'drill' };

/** Who wished for what has the same `n`; undefined where the log does not tell. */
const wishOf = <W extends Wish>(
  type: W['type'],
  n: string,
  facts: readonly BackupFact[],
): W['data'] | undefined =>
  facts.find((fact) => fact.type === type && 'n' in fact.data && fact.data.n === n)?.data as
    W['data'] | undefined;

const keepingText = ({ type, data }: BackupFact): string | undefined => {
  if (type === 'BackupPinned')
    return `${data.by} pinned it${quoted(data.reason)}: retention leaves it alone.`;
  if (type === 'BackupUnpinned') return `${data.by} unpinned it${quoted(data.reason)}.`;
  if (type !== 'BackupExpired') return undefined;
  return ended(`Retention gave it up in ${data.destination}: ${data.reasons.map(oneLine).join('; ')}`);
};

const deletionText = (fact: BackupFact, facts: readonly BackupFact[]): string | undefined => {
  if (fact.type !== 'BackupDeleted' && fact.type !== 'DeletionRefused' && fact.type !== 'DeletionFailed')
    return undefined;
  const { n, destination } = fact.data;
  const wish = wishOf<Fact<'DeletionRequested'>>('DeletionRequested', n, facts);
  const who =
    wish === undefined
      ? 'retention wanted'
      : `${wish.requestedBy} wanted${wish.force ? ' by force' : ''}${quoted(wish.reason)}`;
  switch (fact.type) {
    case 'BackupDeleted':
      return `It was deleted in ${destination}, as ${who}: ${countText(fact.data.files, 'file')}, ${sizeText(fact.data.bytes)}.`;
    case 'DeletionRefused':
      return ended(`It was not deleted in ${destination}, as ${who}: ${oneLine(fact.data.reason)}`);
    case 'DeletionFailed':
      return ended(`It could not be deleted in ${destination}, as ${who}: ${failureText(fact.data.failure)}`);
  }
};

const checkText = (fact: BackupFact, facts: readonly BackupFact[]): string | undefined => {
  if (fact.type !== 'Verified' && fact.type !== 'VerificationFailed') return undefined;
  const { n, kind } = fact.data;
  const wish = wishOf<Fact<'VerificationRequested'>>('VerificationRequested', n, facts);
  const who = wish?.trigger === 'schedule' ? 'the schedule' : (wish?.requestedBy ?? 'somebody');
  const check = `${checkNames[kind]} for ${who}`;
  return fact.type === 'Verified' ? wholeText(fact, check) : damageText(fact, check);
};

const wholeText = ({ data }: Fact<'Verified'>, check: string): string => {
  const { kind, sample, destinations, files, bytes, tables, rows, seconds } = data;
  if (kind === 'drill')
    return `A ${check} restored its dump on trial: ${countText(tables, 'table')} with ${countText(rows, 'row')}, as they were, in ${durationText(seconds)}.`;
  const what =
    sample === 'full'
      ? 'every byte'
      : `every byte but of attached files, of which it read ${Number((sample * 100).toPrecision(3))} %,`;
  return `A ${check} found ${what} as it was stored in ${listText(destinations)}: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${durationText(seconds)}.`;
};

const damageText = ({ data }: Fact<'VerificationFailed'>, check: string): string => {
  const { findings, failure } = data;
  return [
    ...(findings.length > 0 ? [ended(`A ${check} found DAMAGE: ${findings.map(oneLine).join('; ')}`)] : []),
    ...(failure ? [ended(`A ${check} could not look at it: ${failureText(failure)}`)] : []),
  ].join(' ');
};

const downloadText = (fact: BackupFact, facts: readonly BackupFact[]): string | undefined => {
  if (fact.type !== 'Downloaded' && fact.type !== 'DownloadFailed') return undefined;
  const who =
    wishOf<Fact<'DownloadRequested'>>('DownloadRequested', fact.data.n, facts)?.requestedBy ?? 'somebody';
  if (fact.type === 'DownloadFailed')
    return ended(`It was not fetched from the bucket for ${who}: ${failureText(fact.data.failure)}`);
  const { files, bytes, seconds } = fact.data;
  return `It was fetched from the bucket for ${who}: ${countText(files, 'file')}, ${sizeText(bytes)}, in ${durationText(seconds)}.`;
};
