import { describe, expect, it } from '@jest/globals';
import type { Stored } from '@nocodb-backup/messaging';
import { entriesOfFile, linesOfLog, LogFileError } from './format.js';

const time = new Date('2026-02-05T05:15:00.123Z');
const stored = (sequence: number, payload: string): Stored => ({
  subject: `evt.backup.b${sequence}.DumpFailed`,
  sequence,
  time,
  payload,
  traceparent: sequence === 1 ? '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' : undefined,
});
const log = [
  stored(1, '{"id":"e1","data":{"title":"Ärzte\\n\u2028"}}'),
  stored(2, 'garbage\n{'),
  stored(4, '{ "id": "blanks are kept" }'),
  stored(5, '{"b":1,"1":2,"b":3}'),
  stored(6, ''),
];

const each = async function* <T>(items: readonly T[]) {
  for (const item of items) yield await Promise.resolve(item);
};
const textOf = async () => (await Array.fromAsync(linesOfLog(each(log)))).join('');
const read = (text: string, size = 7) => {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
  return Array.fromAsync(entriesOfFile(each(chunks)));
};

describe('the file of an exported log', () => {
  it('gives back each fact byte for byte, with its place and time, in whatever pieces it is read', async () => {
    const text = await textOf();
    for (const size of [1, 7, 100_000]) expect(await read(text, size)).toEqual(log);
  });

  it('holds what is JSON as JSON, for jq', async () => {
    const [, first = ''] = (await textOf()).split('\n');
    expect(JSON.parse(first)).toMatchObject({ sequence: 1, event: { id: 'e1' } });
  });

  it('is found out wherever it was cut short', async () => {
    const text = await textOf();
    for (let length = 0; length < text.length; length += 3)
      await expect(read(text.slice(0, length), 1000)).rejects.toThrow(LogFileError);
  });

  it('is found out when a line was changed, taken out, repeated, moved or added', async () => {
    const text = await textOf();
    const lines = text.split('\n');
    const without = lines.toSpliced(3, 1).join('\n');
    await expect(read(text.replace('Ärzte', 'Örzte'))).rejects.toThrow(/it was changed since/);
    await expect(read(without)).rejects.toThrow(/written with 5 facts, and has 4/);
    await expect(read(lines.toSpliced(2, 0, lines[1] ?? '').join('\n'))).rejects.toThrow(/not in its place/);
    await expect(
      read(
        lines
          .with(1, lines[2] ?? '')
          .with(2, lines[1] ?? '')
          .join('\n'),
      ),
    ).rejects.toThrow(/not in its place/);
    await expect(read(`${text}{}\n`)).rejects.toThrow(/more behind the end/);
    await expect(read(text.replace('evt.backup.b4', '$JS.API.x'))).rejects.toThrow(/line 4: it is no fact/);
  });

  it('is no other file', async () => {
    await expect(read('{"format":"nocodb-backup"}\n')).rejects.toThrow(
      /no export of a log, or one of a newer/,
    );
    await expect(read('PK\u0003\u0004 binary')).rejects.toThrow(LogFileError);
  });
});
