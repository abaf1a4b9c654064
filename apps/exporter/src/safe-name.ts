const forbidden = /[\p{Cc}/\\:<>"|?*\u202A-\u202E\u2066-\u2069]/gu;
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** A title as a name for a file or folder that every file system and store takes; at most `maxBytes` of UTF-8. */
export const safeName = (title: string, maxBytes: number): string =>
  allowed(cut(trimmed(title.toWellFormed().normalize('NFC').replace(forbidden, '_')), maxBytes - 1));

/** As `safeName`; a short extension stays when the name is cut. */
export const safeFileName = (title: string, maxBytes: number): string => {
  const name = safeName(title, Infinity);
  const [extension = ''] = /\.[A-Za-z0-9]{1,10}$/.exec(name) ?? [];
  const stem = name.slice(0, name.length - extension.length);
  return allowed(cut(stem, maxBytes - 1 - extension.length) + extension);
};

/** `invoice.pdf` -> `invoice (2).pdf`. */
export const numbered = (name: string, number: number): string =>
  number === 1 ? name : name.replace(/(\.[A-Za-z0-9]{1,10})?$/, (extension) => ` (${number})${extension}`);

/** Two names that are equal folded may be one name to some file system. */
export const folded = (name: string): string => name.normalize('NFKC').toUpperCase().toLowerCase();

const trimmed = (name: string): string => name.replace(/^\s+|[\s.]+$/gu, '');

const allowed = (name: string): string =>
  name === '' || name.startsWith('.') || reserved.test(name) ? `_${name}` : name;

const cut = (name: string, maxBytes: number): string => {
  let bytes = 0;
  let end = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) return trimmed(name.slice(0, end));
    end += character.length;
  }
  return name;
};
