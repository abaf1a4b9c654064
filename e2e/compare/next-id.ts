import { type Difference, differencesIn } from './difference.js';
import type { Pair } from './records.js';

/** The id of the next record on either side: one is inserted and removed again. */
export const differencesOfNextId = async ({ title, left, right }: Pair): Promise<Difference[]> =>
  differencesIn(`table "${title}" / next id`, await nextId(left), await nextId(right));

const nextId = async ({ api, table }: Pair['left']): Promise<unknown> => {
  const key = table.columns.find(({ pk }) => pk === true)?.title ?? '';
  const path = `/api/v2/tables/${table.id}/records`;
  try {
    const [made] = await api.send<Record<string, unknown>[]>('POST', path, [required(table)]);
    await api.send('DELETE', path, [{ [key]: made?.[key] }]);
    return made?.[key];
  } catch (error) {
    return String(error).replaceAll(table.id, 'this table');
  }
};

const required = ({ columns }: Pair['left']['table']) =>
  Object.fromEntries(
    columns
      .filter(({ rqd, pk, cdf }) => rqd === true && pk !== true && (cdf ?? null) === null)
      .map(({ id, uidt }) => [id, uidt.endsWith('Text') ? 'next' : 1]),
  );
