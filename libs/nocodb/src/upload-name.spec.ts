import { describe, expect, it } from '@jest/globals';
import { uploadName } from './upload-name.js';

describe('the name that a file is uploaded under', () => {
  it.each([
    ['Grüße & Notizen.txt', 'Grüße & Notizen.txt'],
    ['say "x"\r\n.txt', 'say _x___.txt'],
    ['a/b\\c<d>.html', 'a_b_c_d_.html'],
    ['.htaccess', '_htaccess'],
    ['..', '_'],
    ['', 'file'],
    ['\ud800.txt', '\ufffd.txt'],
  ])('of %j is %j', (title, name) => {
    expect(uploadName(title)).toBe(name);
  });

  it('fits on a disk and keeps its extension', () => {
    const name = uploadName(`${'🏔'.repeat(200)}.pdf`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(150);
    expect(name).toMatch(/^(🏔)+\.pdf$/u);
  });
});
