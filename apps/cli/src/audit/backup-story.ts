import { type BackupFact, foldBackup, type Restore, summaryOf } from '@nocodb-backup/backup';
import { sentenceOf } from '../views/sentence.js';
import { laterSentences } from './afterwards.js';
import { madeSentences } from './making.js';
import { restoredSentence } from './restoring.js';
import { ended, listText, type Sentence } from './telling.js';

/** The story of a backup by its facts and the restores that were made of it, in the order of time; the last sentence is about now. */
export const backupStory = (
  facts: readonly BackupFact[],
  restores: readonly Restore[],
  now: Date,
): Sentence[] => {
  const told = facts.flatMap(
    (fact) => madeSentences(fact, facts) ?? laterSentences(fact, facts) ?? [otherwise(fact, facts)],
  );
  const all = [...told, ...restores.map(restoredSentence)];
  return [...all.toSorted((a, b) => a.time.getTime() - b.time.getTime()), ...ending(facts, now)];
};

/** What a later version of this program records, or what is told of as the log does. */
const otherwise = ({ time, type, data }: BackupFact, facts: readonly BackupFact[]): Sentence => {
  const plan = facts.find((fact) => fact.type === 'ExportPlanned')?.data;
  const text = sentenceOf(type, data, plan);
  return { time, text: ended(text.charAt(0).toUpperCase() + text.slice(1)) };
};

const ending = (facts: readonly BackupFact[], now: Date): Sentence[] => {
  const backup = foldBackup(facts);
  if (!backup) return [];
  const { verdict, destinations, pinned, damage } = summaryOf(backup, now);
  const lies = destinations.length > 0 ? `lies in ${listText(destinations)}` : 'lies nowhere';
  const more = [...(pinned ? ['is pinned'] : []), ...(damage ? ['is DAMAGED'] : [])];
  return [{ time: now, text: `Now it is ${verdict}, ${listText([lies, ...more])}.` }];
};
