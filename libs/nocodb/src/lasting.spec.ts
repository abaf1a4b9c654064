import { describe, expect, it } from '@jest/globals';
import { lastingCell, lastingRow, signedTitles } from './lasting.js';

const file = { title: 'p.png', path: 'download/p_XHZLk.png', id: 'at1', size: 70 };
const thumbnails = (sign: string) => ({ tiny: { signedPath: `dltemp/${sign}/tiny.jpg` } });

describe('what lasts of a cell', () => {
  it('is everything but what NocoDB signs anew', () => {
    const read = (sign: string) => [{ ...file, thumbnails: thumbnails(sign), signedPath: `dltemp/${sign}` }];
    expect(lastingCell(read('a'))).toEqual([file]);
    expect(lastingCell([{ url: 'https://s3/p', signedUrl: 'https://s3/p?X-Amz=1' }])).toEqual([
      { url: 'https://s3/p' },
    ]);
  });

  it('is of a person also the picture, without its signed address', () => {
    const person = (sign: string) => ({ id: 'us1', meta: { icon: { path: 'p', signedPath: sign } } });
    expect(lastingCell([person('a')])).toEqual([{ id: 'us1', meta: { icon: { path: 'p' } } }]);
    expect(lastingCell(person('a'))).toEqual(lastingCell(person('b')));
  });

  it.each([null, undefined, 'signedPath', 7, '[{"signedPath":"a"}]'])('is %j, which is no list', (cell) => {
    expect(lastingCell(cell)).toBe(cell);
  });
});

describe('what lasts of a record', () => {
  it('leaves alone what people call so in a column of JSON, and the order of the columns', () => {
    const titles = signedTitles([
      { title: 'Files', uidt: 'Attachment' },
      { title: 'Data', uidt: 'JSON' },
      { title: 'By', uidt: 'CreatedBy' },
    ]);
    expect(titles).toEqual(['Files', 'By']);
    const row = { Files: [{ ...file, signedPath: 'a' }], Data: { signedPath: 'mine' } };
    expect(JSON.stringify(lastingRow(row, titles))).toBe(
      JSON.stringify({ Files: [file], Data: { signedPath: 'mine' } }),
    );
  });
});
