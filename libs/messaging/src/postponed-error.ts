/** Thrown by a handler that has nothing to do before `until`: it is called again then, and no failure is counted. */
export class PostponedError extends Error {
  override readonly name = 'PostponedError';

  constructor(readonly until: Date) {
    super(`postponed until ${until.toISOString()}`);
  }
}
