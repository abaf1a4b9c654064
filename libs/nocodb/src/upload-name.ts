/** NocoDB adds six characters, and names of more than 255 bytes do not fit on a disk. */
const mostBytes = 150;

/**
 * The file name to upload a title under. It holds nothing that means something in a form's header or in a path, and no dot
 * in front: NocoDB stores such files, and answers HTTP 500 to everyone who wants them.
 */
export const uploadName = (title: string): string => {
  const name = title
    .toWellFormed()
    .replace(/[\p{Cc}/\\":<>|?*]/gu, '_')
    .replace(/^\.+/, '_');
  const [extension = ''] = /\.[A-Za-z0-9]{1,10}$/.exec(name) ?? [];
  const stem = cut(name.slice(0, name.length - extension.length), mostBytes - extension.length);
  return (stem === '' ? 'file' : stem) + extension;
};

const cut = (text: string, bytes: number): string => {
  let left = bytes;
  let end = 0;
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
};
