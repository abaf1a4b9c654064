import { describe, expect, it } from '@jest/globals';
import { serverWarnings } from './server-warnings.js';

const collation = {
  provider: 'libc',
  collate: 'C.UTF-8',
  ctype: 'C.UTF-8',
  version: '2.36',
  actualVersion: '2.36',
};
const source = { serverVersion: '15.18 (Debian)', clientVersion: '15.18', collation };
const now = { version: '15.14', major: 15, encoding: 'UTF8', collation };

describe('a server', () => {
  it('of the same major version, collation and version of that is as good as the old one', () => {
    expect(serverWarnings(source, undefined, now)).toEqual([]);
  });

  it('that is newer is an upgrade, one that is older a risk', () => {
    expect(serverWarnings(source, undefined, { ...now, major: 17, version: '17.2' }).join()).toMatch(
      /upgrade/,
    );
    expect(serverWarnings(source, undefined, { ...now, major: 14, version: '14.9' }).join()).toMatch(
      /OLDER.*Better restore into PostgreSQL 15/,
    );
  });

  it('that sorts in another way is told of, or another version of the same way', () => {
    const icu = { ...collation, provider: 'icu', collate: 'de' };
    expect(serverWarnings(source, undefined, { ...now, collation: icu })).toEqual([
      expect.stringMatching(/collation was C\.UTF-8 \(libc\), here it is de/),
    ]);
    const newer = { ...collation, actualVersion: '2.41' };
    expect(serverWarnings(source, undefined, { ...now, collation: newer })).toEqual([
      expect.stringMatching(/version was 2\.36, here it is 2\.41/),
    ]);
  });

  it('cannot be compared with a backup that tells nothing', () => {
    expect(serverWarnings(null, undefined, now)).toEqual([expect.stringContaining('not compared')]);
  });
});
