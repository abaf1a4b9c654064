import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { NestLog } from './log.js';

const linesOf = (tell: (log: NestLog) => void): unknown[] => {
  const lines: unknown[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()));
      done();
    },
  });
  tell(new NestLog(pino({ level: 'info', base: {}, timestamp: false }, stream)));
  return lines;
};

describe("Nest's log", () => {
  it('keeps to itself that it starts', () => {
    const lines = linesOf((log) => {
      log.log('Starting Nest application...', 'NestFactory');
      log.log('the next backup is due', 'scheduler');
    });
    expect(lines).toEqual([{ level: 30, msg: 'the next backup is due' }]);
  });

  it('tells its warnings all the same', () => {
    expect(
      linesOf((log) => {
        log.warn('deprecated', 'NestFactory');
      }),
    ).toEqual([{ level: 40, msg: 'deprecated' }]);
  });
});
