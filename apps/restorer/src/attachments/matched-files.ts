import type { Attachment } from '@nocodb-backup/nocodb';
import type { Presence, Question } from './file-presence.js';
import { isNamedLike } from './mended-cell.js';
import type { StoredFile } from './stored-cells.js';

/** A stored file and the entry of its cell that stands for it, if there is one. */
export interface Match {
  readonly file: StoredFile;
  readonly entry: Attachment | undefined;
  readonly presence: Presence;
}

interface Candidate {
  readonly entry: Attachment;
  readonly presence: Presence;
}

/**
 * Pairs the stored files of a cell with its entries by title and size, and finds out whether their files are there. Where two
 * stored files are called alike and are as large, the digest tells which of them an entry is.
 */
export const matchedFiles = async (
  files: readonly StoredFile[],
  entries: readonly Attachment[],
  ask: (question: Question) => Promise<Presence>,
): Promise<readonly Match[]> => {
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    const alike = files.filter((file) => isNamedLike(entry, file));
    if (alike.length === 0) continue;
    const presence = await ask({ entry, bytes: entry.size ?? undefined, digest: alike.length > 1 });
    candidates.push({ entry, presence });
  }
  return files.map((file) => {
    const [found] = ranked(file, candidates);
    if (found) candidates.splice(candidates.indexOf(found), 1);
    return { file, entry: found?.entry, presence: found?.presence ?? { state: 'gone' } };
  });
};

const order: readonly Presence['state'][] = ['there', 'hidden', 'unclear', 'gone'];

const ranked = (file: StoredFile, candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates
    .filter(({ entry, presence }) => isNamedLike(entry, file) && mayBe(file, presence))
    .sort((one, other) => order.indexOf(one.presence.state) - order.indexOf(other.presence.state));

const mayBe = ({ sha256 }: StoredFile, presence: Presence): boolean =>
  presence.state !== 'there' || presence.sha256 === undefined || presence.sha256 === sha256;
