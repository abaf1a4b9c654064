import { describe, expect, it } from '@jest/globals';
import { isDumpEnd } from './dump-end.js';
import { Tail } from './tail.js';

const END = '\\.\n\n\n--\n-- PostgreSQL database dump complete\n--\n\n';

describe('the end of a dump', () => {
  it('is its last comment, with or without the token of newer versions', () => {
    expect(isDumpEnd(END)).toBe(true);
    expect(isDumpEnd(`${END}\\unrestrict yTpUVTEsl7wQ0dBf0Cl8\n\n`)).toBe(true);
  });

  it('is missing when anything is missing, or when the words stand in the data', () => {
    for (let length = 0; length < END.length - 2; length++)
      expect(isDumpEnd(END.slice(0, length))).toBe(false);
    expect(isDumpEnd(`${END}COPY public.t (id) FROM stdin;\n`)).toBe(false);
    expect(isDumpEnd('1\t-- PostgreSQL database dump complete\n')).toBe(false);
  });

  it('is seen however the bytes are cut', () => {
    for (const size of [1, 3, 7, 1000]) {
      const tail = new Tail(1024);
      const bytes = Buffer.from('x'.repeat(5000) + END);
      for (let at = 0; at < bytes.length; at += size) tail.add(bytes.subarray(at, at + size));
      expect(isDumpEnd(tail.text())).toBe(true);
      expect(tail.text()).toHaveLength(1024);
    }
  });
});
