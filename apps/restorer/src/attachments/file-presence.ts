import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressesOf, type Attachment, DownloadError, type Downloads } from '@nocodb-backup/nocodb';

/** Whether a file that a cell names is really there. `hidden`: NocoDB has it and gives it to nobody. */
export type Presence =
  | { readonly state: 'there'; readonly sha256?: string }
  | { readonly state: 'hidden' | 'gone' }
  | { readonly state: 'unclear'; readonly reason: string };

export interface Question {
  readonly entry: Attachment;
  /** What the file must have; undefined when NocoDB does not know its size. */
  readonly bytes: number | undefined;
  /** Whether its digest is wanted: the bytes are fetched then, else only asked for. */
  readonly digest: boolean;
}

export interface Asking {
  readonly downloads: Downloads;
  /** Where NocoDB answers. */
  readonly base: URL;
  readonly signal: AbortSignal;
}

const tries = 3;
const surest = ['there', 'hidden', 'unclear', 'gone'] as const;

/** Looks at each address of the file until one gives it. Throws when NocoDB itself does not answer. */
export const presenceOf = async (asking: Asking, question: Question): Promise<Presence> => {
  const found: Presence[] = [];
  for (const url of addressesOf(question.entry, asking.base)) {
    const presence = await atAddress(asking, question, url);
    if (presence.state === 'there') return presence;
    found.push(presence);
  }
  return (
    surest.flatMap((state) => found.find((presence) => presence.state === state) ?? [])[0] ?? {
      state: 'gone',
    }
  );
};

const atAddress = async (asking: Asking, question: Question, url: URL): Promise<Presence> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await answered(asking, question, url);
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      if (isHidden(error, url, asking)) return { state: 'hidden' };
      if (isGone(error, url, asking)) return { state: 'gone' };
      if (!error.transient || attempt === tries) return unanswered(error, url, asking);
      await sleep(200 * 2 ** attempt, undefined, { signal: asking.signal });
    }
  }
};

const answered = async (
  { downloads, signal }: Asking,
  { bytes, digest }: Question,
  url: URL,
): Promise<Presence> => {
  if (digest) return { state: 'there', sha256: await digestAt(downloads, url, signal) };
  const size = await downloads.size(url, signal);
  return { state: bytes === undefined || (size ?? bytes) === bytes ? 'there' : 'gone' };
};

const digestAt = async (downloads: Downloads, url: URL, signal: AbortSignal): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of downloads.bytes(url, { bytes: undefined, signal })) hash.update(chunk);
  return hash.digest('hex');
};

/** NocoDB's answer to a name with a dot in front: 404 when the file is not there, 500 when it is. */
const isHidden = ({ status }: DownloadError, url: URL, { base }: Asking): boolean =>
  status === 500 &&
  url.origin === base.origin &&
  url.pathname.split('/').some((name) => name.startsWith('.'));

/** S3 answers 403 for what is not there to those who may not list the bucket; before NocoDB it is a proxy that refuses. */
const isGone = ({ status }: DownloadError, url: URL, { base }: Asking): boolean =>
  status === 404 || status === 410 || (status === 403 && url.origin !== base.origin);

const unanswered = (error: DownloadError, url: URL, { base }: Asking): Presence => {
  if (error.status === undefined && url.origin === base.origin) throw error;
  return { state: 'unclear', reason: error.message };
};
