import { atMost } from '../told/message.js';

/** The text without the secrets and without the parts of addresses that hold them, on one line. */
export const redacted = (text: string, secrets: readonly (string | undefined)[]): string => {
  const hidden = secrets.flatMap((secret) => (secret === undefined ? [] : partsOf(secret)));
  const ordered = [...new Set(hidden)].sort((a, b) => b.length - a.length);
  return atMost(
    ordered.reduce((clean, secret) => clean.replaceAll(secret, '***'), text),
    1000,
  );
};

/** Shorter than this it is no secret, and would blot out half of the text. */
const shortest = 6;

/** Of an address what can be a token in it: where one is sent to may be told, with what may not. */
const partsOf = (secret: string): string[] => {
  const url = URL.parse(secret);
  const parts = url
    ? [
        secret,
        url.href,
        `${url.pathname}${url.search}`,
        ...url.pathname.split('/'),
        ...url.searchParams.values(),
        url.username,
        url.password,
      ]
    : [secret];
  return [...parts, ...parts.map(decoded)].filter((part) => part.length >= shortest);
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
