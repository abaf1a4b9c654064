/** Thrown when NocoDB answered something else than what was asked for; `status` is 0 when no answer came. */
export class NocoDbError extends Error {
  override readonly name = 'NocoDbError';
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Thrown when a request that changes something may have been carried out or not: look before you repeat it. */
export class UncertainError extends NocoDbError {}

/** Thrown when a table was changed while it was read, so that what was read is not what was counted: read it again. */
export class TableChangedError extends Error {
  override readonly name = 'TableChangedError';
}

/** Thrown when an answer is larger than the client takes at once: ask for fewer records. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}
