import { ExitCode } from './exit-code.js';

const meanings: Readonly<Record<ExitCode, string>> = {
  [ExitCode.done]: 'done',
  [ExitCode.failed]: 'failed',
  [ExitCode.usage]: 'wrong usage or configuration',
  [ExitCode.partial]: 'done in part',
  [ExitCode.unknownBackup]: 'no such backup',
  [ExitCode.refused]: 'refused',
  [ExitCode.interrupted]: 'interrupted',
};

/** The end of a verb's `--help`: examples, and its exit codes, with words of its own where the general ones say too little. */
export const verbHelp = (
  examples: readonly string[],
  exitCodes: Readonly<Partial<Record<keyof typeof ExitCode, string | true>>>,
): string => {
  const codes = (Object.entries(exitCodes) as [keyof typeof ExitCode, string | true][])
    .map(([name, words]) => ({ code: ExitCode[name], words }))
    .sort((a, b) => a.code - b.code)
    .map(({ code, words }) => `  ${String(code).padEnd(4)} ${words === true ? meanings[code] : words}`);
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  $ nocodb-backup ${example}`),
    '',
    'Exit codes:',
    ...codes,
  ].join('\n');
};
