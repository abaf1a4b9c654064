import type { Readable } from 'node:stream';
import type { ReadEntry } from 'tar';
import { judge } from './judge.js';
import type { Outcome } from './outcome.js';
import { codeOf } from './code-of.js';
import { type Place, placeEntry } from './place-entry.js';
import { readArchive } from './read-archive.js';
import { Refusals } from './refusals.js';

export interface Unpacking {
  readonly archive: Readable;
  /** Its name, which tells how it is packed. */
  readonly path: string;
  /** An empty folder. */
  readonly tree: string;
  readonly signal: AbortSignal;
  readonly progress: (figures: { readonly files: number; readonly bytes: number }) => void;
}

/** What was unpacked, and what the archive held: entries that are no folders, bytes of the tar. */
export interface Unpacked extends Outcome {
  readonly held: { readonly files: number; readonly tarBytes: number };
}

/** Why an entry cannot have its place; any other error ends the unpacking. */
const REFUSED: Readonly<Record<string, string>> = {
  EEXIST: 'the archive holds something else of this name, too',
  ENOTDIR: 'it would lie below a file or a link',
  ENAMETOOLONG: 'the file system takes no name as long as this',
  EILSEQ: 'the file system takes no such name',
  ELOOP: 'it would lie below links that lead in a circle',
};

const UNLINKED = 'what the link leads to is not in the archive, or this file system has no such links';
const LINK_ERRORS = ['ENOENT', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'];

/** Unpacks `nocodb-data.tar.gz` (or `.zst`) into an empty folder, and leaves out what must not or cannot be there. */
export const unpack = async ({ archive, path, tree, signal, progress }: Unpacking): Promise<Unpacked> => {
  const placing = new Placing(tree);
  const tell = everySecond(progress);
  const visit = async (entry: ReadEntry): Promise<void> => {
    await placing.add(entry);
    tell(placing);
  };
  const tarBytes = await readArchive(archive, { path, signal, visit });
  const { held, files, bytes } = placing;
  const leftOut = placing.refusals.leftOut(`entries of ${path}`);
  return { files, bytes, leftOut, warnings: warningsOf(placing), held: { files: held, tarBytes } };
};

/** Puts the entries of an archive into a tree, and counts. Folders are not counted. */
class Placing {
  held = 0;
  files = 0;
  bytes = 0;
  foreign = 0;
  stripped = 0;
  readonly refusals = new Refusals();

  constructor(private readonly tree: string) {}

  async add(entry: ReadEntry): Promise<void> {
    const verdict = judge(entry);
    if (entry.type !== 'Directory') this.held++;
    if (verdict.kind !== 'refused') await this.place(entry, verdict);
    else if (!isDiskFolder(entry)) this.refusals.add(verdict.reason, entry.path);
  }

  private async place(entry: ReadEntry, verdict: Place): Promise<void> {
    try {
      const { bytes, isOwned } = await placeEntry(this.tree, entry, verdict);
      this.bytes += bytes;
      if (verdict.kind !== 'folder') this.files++;
      if (!isOwned) this.foreign++;
      if (verdict.kind !== 'symlink' && ((entry.mode ?? 0) & 0o6000) !== 0) this.stripped++;
    } catch (error) {
      this.refusals.add(refusalOf(error, verdict.kind), entry.path);
    }
  }
}

/** `lost+found` itself is in every archive of a whole disk, and nobody misses it. */
const isDiskFolder = ({ type, path }: ReadEntry): boolean =>
  type === 'Directory' && /^(\.\/)?lost\+found\/?$/.test(path);

const refusalOf = (error: unknown, kind: string): string => {
  const code = codeOf(error);
  const isLink = kind === 'hardlink' || kind === 'symlink';
  const reason = REFUSED[code] ?? (isLink && LINK_ERRORS.includes(code) ? UNLINKED : undefined);
  if (reason === undefined) throw error;
  return reason;
};

const warningsOf = ({ foreign, stripped }: Placing): string[] => [
  ...(foreign === 0
    ? []
    : [
        `${foreign} files and folders belong to the user that this service runs as (uid ${String(process.geteuid?.())}) and not to ` +
          'whom they belonged to: give this service CAP_CHOWN, or use chown -R, if NocoDB runs as another user',
      ]),
  ...(stripped === 0
    ? []
    : [`${stripped} entries were restored without their set-user-id or set-group-id bit`]),
];

const everySecond = (tell: Unpacking['progress']): Unpacking['progress'] => {
  let last = performance.now();
  return ({ files, bytes }) => {
    if (performance.now() - last < 1000) return;
    last = performance.now();
    tell({ files, bytes });
  };
};
