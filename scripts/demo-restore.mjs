// The worst day: a base is deleted, put back from the backup, and compared with what it was, cell by cell.
import { createHash } from 'node:crypto';

/** Deletes a base and restores it. Throws when anything is not as it was. */
export const loseAndRestore = async ({ nocodb, workspace }, { show, say, token }, backupId) => {
  const api = apiOf(nocodb.url, token);
  const [lost] = [...workspace.bases].sort((a, b) => b.tables.length - a.tables.length);
  const before = await contentOf(api, lost.id);
  await api('DELETE', `/api/v2/meta/bases/${lost.id}`);
  say(`the base "${lost.title}" with its ${before.tables.size} tables is deleted`);
  await succeeded(show, 'restore-schema', backupId, '--base', lost.title, '--force');
  await succeeded(show, 'restore-records', backupId, '--base', lost.title, '--with-attachments', '--force');
  const restored = (await api('GET', '/api/v2/meta/bases')).list.find(({ title }) => title === lost.title);
  const after = await contentOf(api, restored.id);
  const differences = differencesOf(before, after);
  for (const difference of differences.slice(0, 20)) say(`DIFFERENT: ${difference}`);
  if (differences.length > 0) throw new Error(`${differences.length} things are not as they were`);
  say(`compared: ${after.cells} cells in ${after.tables.size} tables, ${after.files} files: all as before`);
};

const succeeded = async (show, ...args) => {
  const exitCode = await show(...args);
  if (exitCode !== 0) throw new Error(`${args[0]} ended with exit code ${exitCode}`);
};

const apiOf = (url, token) => async (method, path) => {
  const response = await fetch(url + path, { method, headers: { 'xc-token': token } });
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`);
  return response.headers.get('content-type')?.includes('json') ? response.json() : response.arrayBuffer();
};

/** What no API can set, and the ids of NocoDB itself. */
const unsettable = new Set([
  'CreatedTime',
  'LastModifiedTime',
  'CreatedBy',
  'LastModifiedBy',
  'ForeignKey',
  'Order',
]);

/** Every cell of every table, by table, record and column title; attached files by their digest. */
const contentOf = async (api, baseId) => {
  const content = { tables: new Map(), cells: 0, files: 0 };
  const all = (await api('GET', `/api/v2/meta/bases/${baseId}/tables?includeM2M=true`)).list;
  const junctions = new Set(all.filter(({ mm }) => mm).map(({ id }) => id));
  for (const { id, title } of all.filter((table) => !junctions.has(table.id))) {
    const { columns } = await api('GET', `/api/v2/meta/tables/${id}`);
    const own = columns.filter(
      ({ uidt, colOptions }) => !unsettable.has(uidt) && !junctions.has(colOptions?.fk_related_model_id),
    );
    content.tables.set(title, await rowsOf(api, { id, own }, content));
  }
  return content;
};

const rowsOf = async (api, { id, own }, content) => {
  const rows = [];
  const fields = own.filter(({ uidt }) => uidt !== 'Lookup').map((column) => column.id);
  for (let last = false; !last;) {
    const path = `/api/v2/tables/${id}/records?limit=1000&offset=${rows.length}&fields=${fields.join(',')}`;
    const page = await api('GET', path);
    for (const row of page.list) rows.push(await comparable(api, { row, own }, content));
    last = page.pageInfo.isLastPage || page.list.length === 0;
  }
  return rows;
};

const comparable = async (api, { row, own }, content) => {
  const cells = {};
  for (const { title, uidt } of own) {
    const value = row[title];
    content.cells += 1;
    if (uidt === 'Attachment') cells[title] = await filesOf(api, value ?? [], content);
    else cells[title] = uidt === 'Button' ? (value?.url ?? value?.label) : value;
  }
  return JSON.stringify(cells);
};

const filesOf = async (api, files, content) => {
  const digests = [];
  for (const { title, signedPath } of files) {
    const bytes = await api('GET', `/${encodeURI(signedPath)}`);
    content.files += 1;
    digests.push([title, createHash('sha256').update(Buffer.from(bytes)).digest('hex')]);
  }
  return digests;
};

const differencesOf = (before, after) =>
  [...before.tables].flatMap(([title, rows]) => {
    const others = after.tables.get(title);
    if (!others) return [`table "${title}" is not there`];
    if (others.length !== rows.length)
      return [`"${title}" has ${others.length} records instead of ${rows.length}`];
    return rows.flatMap((row, index) =>
      row === others[index] ? [] : [`"${title}": ${row.slice(0, 300)} is now ${others[index].slice(0, 300)}`],
    );
  });
