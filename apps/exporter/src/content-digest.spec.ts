import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Row } from '@nocodb-backup/nocodb';
import { contentHash, linesDigest, recordsDigest } from './content-digest.js';
import { gzippedJson } from './gzip-json.js';

const column = (title: string, uidt: string) => ({ id: title, title, uidt });
const withFiles = [column('Id', 'ID'), column('Files', 'Attachment'), column('Data', 'JSON')];

const digestOf = async (rows: readonly Row[], columns = withFiles, atOnce = 100) => {
  const { heard, digest } = recordsDigest(columns);
  const batches = async function* () {
    for (let at = 0; at < rows.length; at += atOnce) yield await Promise.resolve(rows.slice(at, at + atOnce));
  };
  const text = gunzipSync(Buffer.concat(await Array.fromAsync(gzippedJson(batches(), heard)))).toString();
  expect(JSON.parse(text)).toEqual(rows);
  return digest();
};
const signed = (sign: string, title = 'a') => ({
  Id: 1,
  Files: [{ title, path: 'p', signedPath: sign, thumbnails: { tiny: { signedPath: sign } } }],
  Data: null,
});

describe('the digest of records', () => {
  it('is the same however NocoDB has signed the addresses of their files', async () => {
    const digest = await digestOf([signed('a')]);
    expect(await digestOf([signed('b')])).toBe(digest);
    expect(await digestOf([{ Id: 1, Files: [{ title: 'a', path: 'p' }], Data: null }])).toBe(digest);
    expect(await digestOf([signed('a', 'b')])).not.toBe(digest);
  });

  it('knows what people call so in other columns from what NocoDB does', async () => {
    const data = (signedPath: string) => [{ Id: 1, Files: null, Data: { signedPath } }];
    expect(await digestOf(data('a'))).not.toBe(await digestOf(data('b')));
  });

  it('does not depend on how many come at once, but on their order and on each of them', async () => {
    const rows = Array.from({ length: 250 }, (_, Id) => ({ Id, Files: null, Data: 'ä\n' }));
    const digest = await digestOf(rows);
    expect(await digestOf(rows, withFiles, 7)).toBe(digest);
    expect(await digestOf(rows.slice(1))).not.toBe(digest);
    expect(await digestOf(rows.toReversed())).not.toBe(digest);
  });

  it('is that of the lines where nothing is signed', async () => {
    const rows = [{ Id: 1, Data: { signedPath: 'mine' } }, { Id: 2 }];
    const lines = linesDigest();
    lines.heard(
      rows,
      rows.map((row) => JSON.stringify(row)),
    );
    expect(await digestOf(rows, [column('Id', 'ID'), column('Data', 'JSON')])).toBe(lines.digest());
  });
});

describe('the hash of the content', () => {
  it('tells records from links, and no links from no columns of links', () => {
    const hashes = [
      { records: 'a', links: 'b' },
      { records: 'b', links: 'a' },
      { records: 'a', links: linesDigest().digest() },
      { records: 'a', links: undefined },
    ].map(contentHash);
    expect(new Set(hashes).size).toBe(4);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
