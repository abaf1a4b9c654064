import type { EventLog } from '@nocodb-backup/messaging';
import { type Agenda, type AgendaFact, emptyAgenda, evolveAgenda } from './agenda.js';

/** Effects before their causes, so that no fact is read whose cause is not. */
const filtersOf = (source: string): string[] => [
  'evt.backup.*.Uploaded',
  'evt.backup.*.UploadFailed',
  'evt.backup.*.BackupRequested',
  `evt.schedule.${source}.>`,
];

/** Reads the agenda of a source: all of it the first time, then what has come since. Not to be called while a call is under way. */
export const agendaReader = (log: EventLog, source: string) => {
  const positions = new Map<string, number>();
  let agenda = emptyAgenda;
  return async (signal: AbortSignal): Promise<Agenda> => {
    const facts: AgendaFact[] = [];
    for (const filter of filtersOf(source))
      for await (const fact of log.read(filter, { from: positions.get(filter) ?? 1, signal }))
        facts.push(fact as unknown as AgendaFact);
    for (const fact of facts.sort((a, b) => a.sequence - b.sequence)) {
      positions.set(filterOf(fact, source), fact.sequence + 1);
      if (isOf(fact, source)) agenda = evolveAgenda(agenda, fact);
    }
    return agenda;
  };
};

const backupFacts: readonly string[] = ['Uploaded', 'UploadFailed', 'BackupRequested'];
const scheduleFacts: readonly string[] = ['ScheduleSet', 'RunDecided', 'VersionSeen'];

const filterOf = ({ type }: AgendaFact, source: string): string =>
  backupFacts.includes(type) ? `evt.backup.*.${type}` : `evt.schedule.${source}.>`;

const isOf = (fact: AgendaFact, source: string): boolean =>
  fact.type === 'BackupRequested'
    ? fact.data.source === source
    : backupFacts.includes(fact.type) || scheduleFacts.includes(fact.type);
