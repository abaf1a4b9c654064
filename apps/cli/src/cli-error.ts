import type { ExitCode } from './exit-code.js';

/** Thrown by a verb that cannot do what was asked; its message is all that the person sees: what, on which thing, what next. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Thrown by a verb that has done its work and ends with another exit code than 0; `farewell` goes to stderr. */
export class Ended extends Error {
  override readonly name = 'Ended';

  constructor(
    readonly exitCode: ExitCode,
    readonly farewell?: string,
  ) {
    super(farewell ?? `ended with exit code ${exitCode}`);
  }
}

/** The reason of the context's signal after Ctrl-C or SIGTERM. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** The reason of the context's signal once nobody reads the results any more, as after `| head`. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';

  constructor() {
    super('the output was closed');
  }
}
