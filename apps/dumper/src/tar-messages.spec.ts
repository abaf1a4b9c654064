import { describe, expect, it } from '@jest/globals';
import { TarMessages } from './tar-messages.js';

const after = (...lines: string[]) => {
  const messages = new TarMessages();
  for (const line of lines) messages.add(line);
  return messages;
};

describe('what GNU tar says', () => {
  it('counts entries without directories, whatever their names', () => {
    expect(after('./', './a', './nc/', './nc/tar: x', './nc/a\\nb').files).toBe(3);
  });

  it('keeps what went wrong, without the program and the summary', () => {
    const messages = after(
      './a',
      'tar: ./a: file changed as we read it',
      '/usr/bin/tar: ./b: Cannot open: Permission denied',
      'tar: Exiting with failure status due to previous errors',
      '',
    );
    expect(messages.warnings).toEqual([
      './a: file changed as we read it',
      './b: Cannot open: Permission denied',
    ]);
    expect(messages.files).toBe(1);
  });

  it('fits into a fact, however much it is', () => {
    const messages = after(
      ...Array.from({ length: 5000 }, (_, n) => `tar: ./${n}${'x'.repeat(5000)}: vanished`),
    );
    expect(messages.warnings).toHaveLength(100);
    expect(messages.warnings.at(-1)).toBe('and 4901 more such messages');
    expect(messages.warnings.every((text) => text.length <= 1000)).toBe(true);
  });
});
