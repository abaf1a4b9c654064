import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from './judge.js';

const file = (path: string) => judge({ path, type: 'File' });
const reason = (path: string, type = 'File', linkpath?: string): string | undefined => {
  const verdict = judge({ path, type, linkpath });
  return verdict.kind === 'refused' ? verdict.reason : undefined;
};
const OUT = 'the link leads out of the data directory';

describe('an archived entry', () => {
  it('lies where its path says, whoever wrote it', () => {
    for (const path of ['nc/uploads/a.png', './nc/uploads/a.png', 'nc//uploads/./a.png']) {
      expect(file(path)).toEqual({ kind: 'file', place: 'nc/uploads/a.png' });
    }
    expect(judge({ path: './', type: 'Directory' })).toEqual({ kind: 'folder', place: '' });
    expect(file('nc/..a/a..')).toEqual({ kind: 'file', place: 'nc/..a/a..' });
    expect(file('back\\slash\\..\\x')).toEqual({ kind: 'file', place: 'back\\slash\\..\\x' });
  });

  it('is refused when its path is absolute, leads out of a folder, or is no name', () => {
    expect(reason('/etc/passwd')).toBe('the path is absolute');
    for (const path of ['../x', 'nc/../../x', './..', 'nc/..']) {
      expect(reason(path)).toMatch(/"\.\."/);
    }
    expect(reason('a\0b')).toMatch(/zero byte/);
    expect(reason('a\uFFFDb')).toMatch(/UTF-8/);
    expect(reason('.')).toMatch(/the data directory itself/);
  });

  it('is refused when it is of an earlier restore or of the file system', () => {
    expect(reason('./.nocodb-backup-before-x/nc/a')).toMatch(/kept aside/);
    expect(reason('.nocodb-backup-x', 'Directory')).toMatch(/kept aside/);
    expect(reason('./lost+found/#12')).toMatch(/lost\+found/);
    expect(file('nc/.nocodb-backup-x')).toEqual({ kind: 'file', place: 'nc/.nocodb-backup-x' });
  });

  it('is refused when it is a device, a pipe, or of a kind that nobody knows', () => {
    for (const type of [
      'CharacterDevice',
      'BlockDevice',
      'FIFO',
      'GNUDumpDir',
      'Unsupported',
      'constructor',
    ]) {
      expect(reason('x', type)).toMatch(/devices, pipes/);
    }
  });
});

describe('an archived link', () => {
  it('stays when it leads to something inside', () => {
    expect(judge({ path: 'a/b/c', type: 'SymbolicLink', linkpath: '../../d/e' })).toEqual({
      kind: 'symlink',
      place: 'a/b/c',
      to: '../../d/e',
    });
    expect(judge({ path: './a', type: 'Link', linkpath: './nc/b' })).toEqual({
      kind: 'hardlink',
      place: 'a',
      to: 'nc/b',
    });
  });

  it('is refused when it leads outside', () => {
    for (const target of ['/etc', '../x', '..', 'nc/../../x', '']) {
      expect(reason('a', 'SymbolicLink', target)).toBe(OUT);
    }
    expect(reason('a/b', 'SymbolicLink', '../..')).toBe(OUT);
    for (const target of ['/etc/passwd', '../x', '.', '.nocodb-backup-x/a']) {
      expect(reason('a', 'Link', target)).toBe(OUT);
    }
  });

  it('is refused when it goes up behind a name, which may be a link that leads up, too', () => {
    expect(reason('l2', 'SymbolicLink', 'd1/d2/l1/../..')).toBe(OUT);
  });

  it('never leads out, whatever its path and target', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', '..', '.', '', 'é'), { maxLength: 6 })
      .map((names) => names.join('/'));
    fc.assert(
      fc.property(
        path,
        path,
        fc.constantFrom('SymbolicLink', 'Link', 'File', 'Directory'),
        (at, linkpath, type) => {
          const verdict = judge({ path: at, type, linkpath });
          if (verdict.kind === 'refused') return;
          const from = type === 'SymbolicLink' ? posix.dirname(verdict.place) : '';
          for (const to of [verdict.place, 'to' in verdict ? posix.join(from, verdict.to) : '']) {
            expect(`${posix.join('/root', to)}/`).toMatch(/^\/root\//);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
