import { isOurs } from './layout.js';

/** What the header of an archived entry says. */
export interface Header {
  readonly path: string;
  readonly type: string;
  readonly linkpath?: string | undefined;
}

/** What is to be made of an archived entry; places are relative to the data directory, the empty one is the directory itself. */
export type Verdict =
  | { readonly kind: 'file' | 'folder'; readonly place: string }
  | { readonly kind: 'symlink' | 'hardlink'; readonly place: string; readonly to: string }
  | { readonly kind: 'refused'; readonly reason: string };

const KINDS = new Map<string, 'file' | 'folder' | 'symlink' | 'hardlink'>([
  ['File', 'file'],
  ['OldFile', 'file'],
  ['ContiguousFile', 'file'],
  ['Directory', 'folder'],
  ['SymbolicLink', 'symlink'],
  ['Link', 'hardlink'],
]);

/** Judges an entry by its header alone: nothing may leave the data directory, whatever the archive says. */
export const judge = ({ path, type, linkpath = '' }: Header): Verdict => {
  const kind = KINDS.get(type);
  if (kind === undefined) return refused('devices, pipes and other special files are not restored');
  const wrong = wrongPath(path);
  if (wrong) return refused(wrong);
  const place = placeOf(path);
  if (kind === 'folder') return { kind, place };
  if (place === '') return refused('it would replace the data directory itself');
  return kind === 'file' ? { kind, place } : linkAt(kind, place, linkpath);
};

const linkAt = (kind: 'symlink' | 'hardlink', place: string, target: string): Verdict => {
  const isSymlink = kind === 'symlink';
  const to = isSymlink ? target : placeOf(target);
  const isOut = isSymlink ? leaves(place, target) : to === '' || wrongPath(target) !== undefined;
  return isOut ? refused('the link leads out of the data directory') : { kind, place, to };
};

const refused = (reason: string): Verdict => ({ kind: 'refused', reason });

const wrongPath = (path: string): string | undefined => {
  if (path.startsWith('/')) return 'the path is absolute';
  const names = path.split('/');
  if (names.includes('..')) return 'the path leads out of its folder ("..")';
  if (path.includes('\0')) return 'the name holds a zero byte';
  if (path.includes('\uFFFD')) return 'the name is not valid UTF-8';
  const [first = ''] = namesIn(path);
  if (isOurs(first)) return 'it was kept aside by an earlier restore, and is no data of NocoDB';
  if (first === 'lost+found') return 'lost+found belongs to the file system';
  return undefined;
};

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');

const placeOf = (path: string): string => namesIn(path).join('/');

/**
 * `..` is taken only where a target begins: there it starts at the link's own folder, which is a real one. After a name, which
 * may itself be a link, nobody knows where it leads.
 */
const leaves = (place: string, target: string): boolean => {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return true;
  const names = namesIn(target);
  const upwards = names.findIndex((name) => name !== '..');
  const ups = upwards === -1 ? names.length : upwards;
  return ups > namesIn(place).length - 1 || names.slice(ups).includes('..');
};
