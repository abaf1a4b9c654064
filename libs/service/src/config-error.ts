/** Thrown at start when the configuration is unusable; its message names every wrong variable and prints no value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(
      [
        'the configuration is not usable:',
        ...problems.map((problem) => `  ${problem}`),
        'Set these variables in the environment or in .env; .env.example lists all of them.',
      ].join('\n'),
    );
  }
}
