import { createHash } from 'node:crypto';
import { type Api, columnOf } from './api.js';
import { plainTable, type SeededAttachment, type SeededTable } from './expected.js';

/** Names of files; what NocoDB calls them on disk is its own. A name of more than 250 bytes is refused, and a dot file cannot be downloaded. */
const names = [
  'leer.txt',
  'doppelt.txt',
  'doppelt.txt',
  '🦄 Emoji "Zitat" \'einfach\'.txt',
  'a%2Fb%.txt',
  'ohne Endung',
  'zwei.tar.gz',
  'Ärger & Söhne; Komma, Plus+.pdf',
  'mit\\strich.txt',
  `${'lang'.repeat(45)}.txt`,
];

/** Records with no file at all, with one of no bytes, with awkward names, and with 30 files in one cell. */
export const uglyFiles = async (api: Api, baseId: string): Promise<SeededTable> => {
  const columns = [
    { title: 'Titel', uidt: 'SingleLineText', pv: true },
    { title: 'Dateien', uidt: 'Attachment' },
    { title: 'Noch "mehr"', uidt: 'Attachment' },
    { title: 'Nie gefüllt', uidt: 'Attachment' },
  ];
  const table = await api.createTable(baseId, 'Anhänge', columns, 'anhaenge');
  const [first, second] = [columnOf(table, 'Dateien').id, columnOf(table, 'Noch "mehr"').id];
  const many = Array.from({ length: 30 }, (_, index) => `Bild ${index % 10}.txt`);
  const rows = [
    {
      Titel: 'schwierige Namen',
      [first]: await uploaded(api, names),
      [second]: await uploaded(api, ['leer.txt']),
    },
    { Titel: 'viele', [first]: await uploaded(api, many) },
    { Titel: 'keine', [first]: null },
    { Titel: 'leere Liste', [first]: [] },
  ];
  const ids = await api.insert(table.id, rows);
  const of =
    (columnId: string, recordId = 0) =>
    (title: string, index: number) =>
      seeded(columnId, recordId, [title, index]);
  const attachments = [
    ...names.map(of(first, ids[0])),
    ...many.map(of(first, ids[1])),
    ...['leer.txt'].map(of(second, ids[0])),
  ];
  return { ...plainTable(table, ids.length), attachments };
};

type Placed = readonly [title: string, index: number];

/** Files of one name differ in what they hold; "leer.txt" holds nothing. */
const contentOf = ([title, index]: Placed) =>
  Buffer.from(title === 'leer.txt' ? '' : `${index}: ${title}\r\n\0`);

const seeded = (columnId: string, recordId: number, file: Placed): SeededAttachment => ({
  columnId,
  recordId,
  title: file[0],
  bytes: contentOf(file).length,
  sha256: createHash('sha256').update(contentOf(file)).digest('hex'),
});

/** Ten files a request are the most that NocoDB takes. */
const uploaded = async (api: Api, titles: readonly string[]) => {
  const files: object[] = [];
  for (let at = 0; at < titles.length; at += 10) {
    const batch = titles.slice(at, at + 10);
    const form = new FormData();
    for (const [index, title] of batch.entries())
      form.append(
        'file',
        new Blob([contentOf([title, at + index])], { type: 'text/plain' }),
        `datei_${at + index}.txt`,
      );
    const made = await api.call<object[]>('POST', '/api/v2/storage/upload?path=noco%2Fhaesslich', form);
    files.push(...made.map((file, index) => ({ ...file, title: batch[index] })));
  }
  return files;
};
