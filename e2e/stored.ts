import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Row } from './api.js';

/** The content of a `*.json.gz` of a backup, which must be one JSON document. */
export const stored = async <Content>(...path: readonly string[]): Promise<Content> =>
  JSON.parse(gunzipSync(await readFile(join(...path))).toString()) as Content;

/** Signed paths are as old as the answer that names them: the rest of a record is comparable. */
export const comparable = (row: Row): string => {
  const lasting = JSON.parse(JSON.stringify(row), (key, value: unknown) =>
    key === 'signedPath' ? undefined : value,
  ) as Row;
  return JSON.stringify(Object.entries(lasting).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};
