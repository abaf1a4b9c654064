import { type Job, warn } from './job.js';

/**
 * Warns of dates that NocoDB's API does not tell as they are: it adds 1900 to years below 100. They cannot be seen in its
 * answers, where they look like others, but its filters work on what the database holds.
 */
export const warnOfEarlyDates = async ({ api, table, columns, signal, warnings }: Job): Promise<void> => {
  for (const { id, title } of columns.stored.filter(({ uidt }) => uidt === 'Date')) {
    const early = await api.count(table.id, `(${id},lt,exactDate,0100-01-01)`, signal);
    if (early === 0) continue;
    const text = `"${title}" of "${table.title}" holds dates before the year 100 (${early} records): NocoDB's API gives them as 1901 to 1999 in the export; in the database dump they are exact`;
    warn({ warnings }, text);
  }
};
