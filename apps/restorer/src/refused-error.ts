/** Thrown before anything is touched, when a restore would do harm or cannot be meant; the message says what to do instead. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}
