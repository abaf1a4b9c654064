/** Thrown when another attempt cannot help: a wrong token, a missing program, a directory that is not there. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}
