import { z } from 'zod';
import { below } from './api-url.js';
import { Attachment } from './schemas.js';

/** The entries of an attachment cell; a text is parsed (some databases give JSON so), anything else is none. */
export const attachmentsIn = (cell: unknown): readonly Attachment[] => {
  if (typeof cell === 'string' && cell.startsWith('[')) return attachmentsIn(JSON.parse(cell));
  const entries = z.array(Attachment).safeParse(cell);
  return entries.success ? entries.data : [];
};

/**
 * Where the file may lie, the surest first: the signed path, the open path (both below NocoDB's own address), the signed
 * address of a store, any address. None of them needs or gets the API token.
 */
export const addressesOf = (attachment: Attachment, base: URL): readonly URL[] => {
  const { signedPath, path, signedUrl, url } = attachment;
  const own = [signedPath, path].filter(isGiven).map((given) => addressOf(given, base));
  const foreign = [signedUrl, url].filter(isGiven).map((given) => addressOf(given, base));
  const distinct = new Map(
    [...own, ...foreign].filter((one) => one !== undefined).map((one) => [one.href, one]),
  );
  return [...distinct.values()];
};

const isGiven = (value: string | null | undefined): value is string =>
  typeof value === 'string' && value !== '';

const addressOf = (given: string, base: URL): URL | undefined => {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(given)) return below(base, given);
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
};
