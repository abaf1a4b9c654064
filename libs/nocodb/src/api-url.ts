import { PermanentError } from '@nocodb-backup/events';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The address of the installation, with a slash at the end. Throws a PermanentError when it is no http(s) address. */
export const installation = (url: string): URL => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new PermanentError(
      'NOCODB_API_URL is no http(s) address: set it to where NocoDB answers, such as http://nocodb-server:8080',
    );
  }
  return new URL(parsed.pathname.replace(/\/*$/, '/'), parsed.origin);
};

/** `path` below the installation, each of its segments encoded, so that a blank, `#` or `?` in a file name stays part of it. */
export const below = (base: URL, path: string, query: Query = {}): URL => {
  const segments = path.split('/').filter((segment) => segment !== '');
  const url = new URL(base.pathname + segments.map(encodeURIComponent).join('/'), base.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
};
