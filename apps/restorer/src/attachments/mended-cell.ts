import type { Attachment } from '@nocodb-backup/nocodb';
import type { StoredFile } from './stored-cells.js';

/** What becomes of one stored file in its cell. */
export interface Decision {
  readonly file: StoredFile;
  /** The entry of the cell that stands for the file: kept, or replaced by `fresh`. */
  readonly entry: Attachment | undefined;
  /** What an upload gave. */
  readonly fresh: Attachment | undefined;
}

/** Tells the entries of a cell apart. */
export const placeOf = ({ path, url, id }: Attachment): string => path ?? url ?? id ?? '';

/** Whether the entry is called as the stored file and, where NocoDB knows its size, as large. */
export const isNamedLike = (entry: Attachment, { title, bytes }: StoredFile): boolean =>
  titleOf(entry) === title && (entry.size ?? bytes) === bytes;

/**
 * The cell as it shall be, given what it holds now: the stored files in their order, then whatever else there is. `before` is what
 * it held when the decisions were made: a new entry of the same name was put there by another attempt, and stands.
 */
export const mendedCell = (
  now: readonly Attachment[],
  before: readonly Attachment[],
  decisions: readonly Decision[],
): readonly Attachment[] => {
  const rest = [...now];
  const known = new Set(before.map(placeOf));
  const take = (isWanted: (entry: Attachment) => boolean): Attachment | undefined => {
    const index = rest.findIndex(isWanted);
    return index < 0 ? undefined : rest.splice(index, 1)[0];
  };
  const at = (place: Attachment | undefined) => (entry: Attachment) =>
    place !== undefined && placeOf(entry) === placeOf(place);
  const stored = decisions.map(({ file, entry, fresh }) => {
    const old = take(at(entry));
    if (fresh === undefined) return old;
    const standing = take(at(fresh)) ?? take((one) => !known.has(placeOf(one)) && isNamedLike(one, file));
    return standing ?? fresh;
  });
  return [...stored.filter((entry) => entry !== undefined), ...rest];
};

/** Whether two cells name the same files in the same order. */
export const isSameCell = (one: readonly Attachment[], other: readonly Attachment[]): boolean =>
  one.length === other.length && one.every((entry, index) => placeOf(entry) === placeOf(other[index] ?? {}));

/** The entry without what NocoDB makes anew each time that it is read. */
export const writableEntry = (entry: Attachment): Attachment => {
  const made = new Set(['signedPath', 'signedUrl', 'thumbnails']);
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !made.has(name)));
};

/** As the backup names files: what people call them, else the end of their address. */
const titleOf = ({ title, path, url }: Attachment): string =>
  title ?? lastSegment(path ?? url ?? '') ?? 'file';

const lastSegment = (address: string): string | undefined => {
  const name = address.split(/[?#]/)[0]?.split('/').at(-1);
  return name === '' ? undefined : name;
};
