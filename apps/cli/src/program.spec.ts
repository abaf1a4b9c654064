import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { CliContext } from './context.js';
import { createProgram } from './program.js';
import { run } from './run.js';

const helpOf = async (...argv: string[]): Promise<string> => {
  let text = '';
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const context: CliContext = {
    environment: () => {
      throw new Error('help needs no configuration');
    },
    stdout: output,
    stderr: output,
    stdin: Readable.from([]),
    signal: new AbortController().signal,
    now: () => new Date(),
    person: 'ada@desk',
  };
  expect(await run(createProgram(context), [...argv, '--help'])).toBe(0);
  return text;
};
const verbs = [
  ...['backup', 'list', 'show', 'inspect', 'events', 'publish', 'doctor', 'init', 'restore'],
  ...['restore-dump', 'restore-files', 'restore-schema', 'restore-records', 'restore-attachments'],
];

describe('the help', () => {
  it.each(['audit', 'history', 'diff', 'export-log', 'import-log'])(
    'of %s shows examples and exit codes',
    async (verb) => {
      expect(await helpOf(verb)).toMatch(/Examples:\n {2}\$ nocodb-backup [^]*Exit codes:\n {2}0 /);
    },
  );

  it('lists every verb', async () => {
    const help = await helpOf();
    for (const verb of verbs) expect(help).toMatch(new RegExp(`^ {2}${verb}`, 'm'));
  });

  it.each(verbs)('of %s shows examples, exit codes and --json', async (verb) => {
    const help = await helpOf(verb);
    expect(help).toMatch(/Examples:\n {2}\$ nocodb-backup /);
    expect(help).toMatch(/Exit codes:\n {2}0 /);
    expect(help).toContain('--json');
  });
});
