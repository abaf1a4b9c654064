import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { folded, numbered, safeFileName, safeName } from './safe-name.js';
import { uniqueNames } from './unique-names.js';

const bad = /[\p{Cc}/\\:<>"|?*]/u;
const title = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('a', 'A', 'ä', 'a\u0308', '.', ' ', '/', 'ß', '🏔️', '-', '_', '1') }),
  fc.constantFrom('CON', 'nul.txt', 'COM1', '..', '.', '', ' ', 'lpt9.', '\ud800'),
);

const expectSafe = (name: string, maxBytes: number) => {
  expect(name).not.toMatch(bad);
  expect(name).not.toMatch(/[\s.]$/u);
  expect(name).not.toMatch(/^[\s.]/u);
  expect(name).not.toMatch(/^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i);
  expect(name).not.toBe('');
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(maxBytes);
  expect(name.isWellFormed()).toBe(true);
};

describe('a name', () => {
  it('is safe on every file system, whatever the title', () => {
    fc.assert(
      fc.property(title, (text) => {
        expectSafe(safeName(text, 80), 80);
        expectSafe(safeFileName(text, 150), 150);
      }),
    );
  });

  it('is the title where that is safe', () => {
    expect(safeName('Müller & Söhne 🏔️', 80)).toBe('Müller & Söhne 🏔️');
    expect(safeFileName('Grüße & Notizen.txt', 150)).toBe('Grüße & Notizen.txt');
  });

  it.each([
    ['Rechnungen/2024', 'Rechnungen_2024'],
    ['CON', '_CON'],
    ['aux.txt', '_aux.txt'],
    ['..', '_'],
    ['.htaccess', '_.htaccess'],
    ['end. . ', 'end'],
    ['a\u202Egpj.exe', 'a_gpj.exe'],
  ])('of %j is %j', (from, to) => {
    expect(safeName(from, 80)).toBe(to);
  });

  it('keeps the extension when it is cut, and never half a character', () => {
    expect(safeFileName(`${'ä'.repeat(300)}.pdf`, 50)).toBe(`${'ä'.repeat(22)}.pdf`);
  });

  it('of a second equal file has a number before the extension', () => {
    expect([numbered('invoice.pdf', 1), numbered('invoice.pdf', 2), numbered('LICENSE', 3)]).toEqual([
      'invoice.pdf',
      'invoice (2).pdf',
      'LICENSE (3)',
    ]);
  });
});

const things = fc.uniqueArray(fc.record({ id: fc.stringMatching(/^[A-Za-z0-9_-]{1,4}$/), title }), {
  selector: ({ id }) => id,
  maxLength: 20,
});

describe('folder names', () => {
  it('are unique on file systems that ignore case and Unicode form, whatever the titles', () => {
    fc.assert(
      fc.property(things, (list) => {
        const names = [...uniqueNames(list).values()];
        expect(new Set(names.map(folded)).size).toBe(list.length);
        for (const name of names) expectSafe(name, 80 + 12);
      }),
      { numRuns: 1000 },
    );
  });

  it('do not depend on the order in which NocoDB lists things', () => {
    fc.assert(
      fc.property(things, (list) => {
        const sorted = (map: ReadonlyMap<string, string>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(sorted(uniqueNames(list.toReversed()))).toEqual(sorted(uniqueNames(list)));
      }),
    );
  });

  it('D5: of equal titles, or titles that become equal, carry their ids; others do not', () => {
    const names = uniqueNames([
      { id: 'p1', title: 'CRM' },
      { id: 'p2', title: 'crm' },
      { id: 'p3', title: 'Rechnungen/2024' },
      { id: 'p4', title: 'Rechnungen:2024' },
      { id: 'p5', title: 'Lager' },
    ]);
    expect([...names.values()]).toEqual([
      'CRM-p1',
      'crm-p2',
      'Rechnungen_2024-p3',
      'Rechnungen_2024-p4',
      'Lager',
    ]);
  });

  it('collide with no title that looks like a name with an id', () => {
    const names = uniqueNames([
      { id: 'p1', title: 'A' },
      { id: 'p2', title: 'a' },
      { id: 'p3', title: 'a-p2' },
    ]);
    expect([...names.values()]).toEqual(['A-p1', 'a-p2', 'a-p2-p3']);
  });
});
