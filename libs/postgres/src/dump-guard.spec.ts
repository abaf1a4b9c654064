import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '@nocodb-backup/events';
import { guardedDump } from './dump-guard.js';

const HEAD = '--\n-- PostgreSQL database dump\n--\n\n';
const END = '\n--\n-- PostgreSQL database dump complete\n--\n\n';

const guarded = async (sql: string, { size = sql.length || 1, major = 15 } = {}) => {
  async function* chunks() {
    const bytes = Buffer.from(sql);
    for (let at = 0; at < bytes.length; at += size)
      yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  const parts: Uint8Array[] = [];
  for await (const chunk of guardedDump(chunks(), major)) parts.push(chunk);
  return Buffer.concat(parts).toString();
};
const sizes = [1, 7, 511, 4096, 1 << 20];

describe('a dump on its way to psql', () => {
  it('stays as it is, however it is cut into chunks', async () => {
    const sql = `${HEAD}SET xmloption = content;\n${'Größe 💶\n'.repeat(2000)}${END}`;
    for (const size of sizes) expect(await guarded(sql, { size })).toBe(sql);
    expect(await guarded(HEAD + END)).toBe(HEAD + END);
  });

  it('loses its own restrict lines', async () => {
    const body = `SET a = 1;\n\n--\n-- Name: t\n--\n${'x\n'.repeat(5000)}`;
    const sql = `${HEAD}\\restrict abc\n\n${body}${END}\\unrestrict abc\n\n`;
    for (const size of sizes) expect(await guarded(sql, { size })).toBe(`${HEAD}\n${body}${END}`);
  });

  it('keeps rows that look like them', async () => {
    const body =
      'SET a = 1;\n\n--\n-- Name: t\n--\nCOPY t FROM stdin;\n\\restrict abc\nSET transaction_timeout = 0;\n\\.\n';
    expect(await guarded(HEAD + body + END)).toBe(HEAD + body + END);
  });

  it('loses the setting that an older server does not know', async () => {
    const sql = `${HEAD}SET lock_timeout = 0;\nSET transaction_timeout = 0;\n\n--\n-- Name: t\n--\n${END}`;
    expect(await guarded(sql, { major: 16 })).not.toContain('transaction_timeout');
    expect(await guarded(sql, { major: 17 })).toBe(sql);
  });

  it('must be one, and whole', async () => {
    for (const sql of ['', '\\! rm -rf /\n', `${HEAD.slice(1)}${END}`])
      await expect(guarded(sql)).rejects.toThrow(/no dump that pg_dump made/);
    for (const sql of [HEAD, `${HEAD}SELECT 1;\n`, `${HEAD}${END}SELECT 1;\n`, `${HEAD}${END.slice(0, -4)}`])
      await expect(guarded(sql)).rejects.toThrow(/cut short/);
    await expect(guarded(HEAD)).rejects.toThrow(PermanentError);
  });
});
