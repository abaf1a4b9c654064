import type { Moment } from '@nocodb-backup/backup';
import type { BackupImported, BackupRequested, UploadFailed, Uploaded } from '@nocodb-backup/events';

/** A fact that says which backups there are, and which of them nobody works on any more. */
export type Noted = (BackupRequested | BackupImported | Uploaded | UploadFailed) & Moment;

/** What a fact says, without all that it tells of tables. */
export interface Note {
  readonly id: string;
  /** It was asked for in this log. */
  readonly request?: { readonly source: string; readonly at: Date; readonly deadline: Date };
  /** It was found in the vault. */
  readonly found?: { readonly source: string };
  readonly hasEnded: boolean;
}

/** By backup id. The kinds of facts may come in any order. */
export type Chronicle = ReadonlyMap<string, Note>;

/** So many backups are remembered, the newest ones. */
const backupsAtMost = 2000;

/** What the fact says of its backup. */
export const noteOf = ({ type, data, time }: Noted): Note => {
  const { backupId: id } = data;
  switch (type) {
    case 'BackupRequested': {
      const { source, deadline } = data;
      return { id, request: { source, at: time, deadline: new Date(deadline) }, hasEnded: false };
    }
    case 'BackupImported':
      return { id, found: { source: data.source }, hasEnded: true };
    case 'Uploaded':
    case 'UploadFailed':
      return { id, hasEnded: true };
  }
};

/** Adds what was read. */
export const evolveChronicle = (chronicle: Chronicle, notes: readonly Note[]): Chronicle => {
  if (notes.length === 0) return chronicle;
  const all = new Map(chronicle);
  for (const note of notes) {
    const known = all.get(note.id);
    all.set(note.id, { ...known, ...note, hasEnded: note.hasEnded || known?.hasEnded === true });
  }
  const kept = [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(-backupsAtMost);
  return new Map(kept.map((note) => [note.id, note]));
};

/** The backups of a source, newest first. */
export const backupsOf = (chronicle: Chronicle, source: string): Note[] =>
  [...chronicle.values()]
    .filter(({ request, found }) => (request ?? found)?.source === source)
    .sort((a, b) => (a.id < b.id ? 1 : -1));

/** Every source that ever asked for a backup; what was only found may be another installation's, which nobody runs any more. */
export const sourcesOf = (chronicle: Chronicle): string[] => [
  ...new Set([...chronicle.values()].flatMap(({ request }) => request?.source ?? [])),
];

/** When the source asked for a backup for the first time, as far as that is remembered. */
export const firstRequestOf = (chronicle: Chronicle, source: string): Date | undefined =>
  backupsOf(chronicle, source).findLast(({ request }) => request)?.request?.at;
