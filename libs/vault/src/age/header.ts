const intro = 'age-encryption.org/v1\n';

/** Headers grow with the number of recipients; this is for some hundreds of them. */
export const longestHeader = 256 * 1024;

/** Whether bytes begin as an age file does. */
export const isAge = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, intro.length)).equals(Buffer.from(intro).subarray(0, bytes.length));

/** Where the header ends: behind the line `--- <mac>`. Undefined when that is not among the bytes. */
export const headerEnd = (bytes: Uint8Array): number | undefined => {
  const text = Buffer.from(bytes);
  const mac = text.indexOf('\n--- ');
  const end = mac < 0 ? -1 : text.indexOf('\n', mac + 1);
  return end < 0 ? undefined : end + 1;
};
