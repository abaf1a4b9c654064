import { createHash } from 'node:crypto';
import { type Api, columnOf } from './api.js';
import { plainTable, type SeededAttachment } from './expected.js';

interface File {
  readonly title: string;
  readonly type: string;
  readonly content: Buffer<ArrayBuffer>;
}

const text = (title: string, content: string): File => ({
  title,
  type: 'text/plain',
  content: Buffer.from(content),
});

/** Bytes that look random, compress badly, and are the same on every run. */
const noise = (bytes: number) =>
  Buffer.from(createHash('shake256', { outputLength: bytes }).update('nocodb-backup').digest());

/** The files of each record. */
const cells: readonly (readonly File[])[] = [
  [text('Grüße & Notizen.txt', 'Grüße aus der Werkstatt\n')],
  [{ title: 'Messdaten.bin', type: 'application/octet-stream', content: noise(1024 * 1024) }],
  [
    text('Rechnung.txt', 'die erste'),
    text('Rechnung.txt', 'die zweite'),
    text('a%2Fb.txt', 'kein Unterordner'),
  ],
  [text('CON.txt', 'auf Windows ein Gerät'), text('evil<script>.html', '<p>harmlos</p>')],
  [],
];

/** The table "Dokumente": attachments with awkward titles, a megabyte of binary, two equal titles in one cell. */
export const documentsTable = async (api: Api, baseId: string) => {
  const columns = [
    { title: 'Titel', uidt: 'SingleLineText' },
    { title: 'Dateien', uidt: 'Attachment' },
  ];
  const table = await api.createTable(baseId, 'Dokumente', columns, 'dokumente');
  const column = columnOf(table, 'Dateien');
  const rows = [];
  for (const [index, files] of cells.entries()) {
    rows.push({
      Titel: `Akte ${index + 1}`,
      Dateien: await uploaded(api, files, `noco/${baseId}/${table.id}/${column.id}`),
    });
  }
  const ids = await api.insert(table.id, rows);
  return { ...plainTable(table, ids.length), attachments: attachments(ids, column.id) };
};

const uploaded = async (api: Api, files: readonly File[], folder: string) => {
  const stored = [];
  for (const { title, type, content } of files) {
    const form = new FormData();
    form.append('file', new Blob([content], { type }), title);
    const [made] = await api.call<object[]>(
      'POST',
      `/api/v2/storage/upload?path=${encodeURIComponent(folder)}`,
      form,
    );
    stored.push({ ...made, title });
  }
  return stored;
};

const attachments = (ids: readonly number[], columnId: string): SeededAttachment[] =>
  cells.flatMap((files, index) =>
    files.map(({ title, content }) => ({
      columnId,
      recordId: ids[index] ?? 0,
      title,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  );
