/** Thrown when packed bytes are no whole file of their kind. Whatever else goes wrong says nothing of them. */
export class DamagedPackError extends Error {
  override readonly name = 'DamagedPackError';
}
