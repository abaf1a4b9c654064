import { describe, expect, it } from '@jest/globals';
import { addressesOf, attachmentsIn } from './attachment.js';

const base = new URL('http://noco.example/sub/');
const hrefs = (attachment: object) =>
  addressesOf(attachmentsIn([attachment])[0] ?? {}, base).map(({ href }) => href);

describe('the addresses of an attachment', () => {
  it('D4: begin with the signed path, then the path, in NocoDB itself', () => {
    expect(
      hrefs({
        url: 'https://cdn.example/u',
        signedUrl: 'https://s3.example/s?X-Amz=1',
        path: 'download/a.txt',
        signedPath: 'dltemp/x/a.txt',
      }),
    ).toEqual([
      'http://noco.example/sub/dltemp/x/a.txt',
      'http://noco.example/sub/download/a.txt',
      'https://s3.example/s?X-Amz=1',
      'https://cdn.example/u',
    ]);
  });

  it('encode each part of a path, so that no character of a file name becomes syntax', () => {
    expect(hrefs({ path: 'download/Grüße & #1?/a%2Fb 100%.txt' })).toEqual([
      'http://noco.example/sub/download/Gr%C3%BC%C3%9Fe%20%26%20%231%3F/a%252Fb%20100%25.txt',
    ]);
  });

  it('name each address once', () => {
    expect(hrefs({ url: 'https://a.example/x', signedUrl: 'https://a.example/x' })).toHaveLength(1);
  });

  it.each(['data:text/plain,x', 'file:///etc/passwd', 'ftp://a.example/x', 'http://'])(
    'leave out %s, which is no http address',
    (url) => {
      expect(hrefs({ url })).toEqual([]);
    },
  );
});

describe('an attachment cell', () => {
  it('may be a list, JSON text, or nothing', () => {
    expect(attachmentsIn('[{"title":"a"}]')).toEqual([{ title: 'a' }]);
    expect(attachmentsIn(null)).toEqual([]);
    expect(attachmentsIn('')).toEqual([]);
  });
});
