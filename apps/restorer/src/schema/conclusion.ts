import type { Conclusion, PlannedWork } from '../restoration.js';

const notOverTheApi =
  "NocoDB's API cannot put back: when and by whom bases, tables, columns, views and webhooks were made, their ids, links to " +
  'shared views and forms with their passwords, members of bases and their roles, comments on records, colours of rows; ' +
  'personal views belong to the user of the API token';

/** What to do after the schema is there. */
export const conclusionOf = ({ request, plan, done }: PlannedWork): Conclusion => {
  const { backupId, options, scope } = request;
  const made = (noun: string) => [...done.values()].some(({ counts }) => (counts[noun] ?? 0) > 0);
  const named = (['base', 'table'] as const)
    .flatMap((one) => (scope[one] === undefined ? [] : [` --${one} ${JSON.stringify(scope[one])}`]))
    .join('');
  const next = [
    ...(made('tables') ? [`Put the records back: nocodb-backup restore-records ${backupId}${named}`] : []),
    ...(made('webhooks') && !options.activateHooks
      ? ['The webhooks are off, except those of buttons: switch them on in NocoDB once the records are back']
      : []),
  ];
  const makesTables = plan.steps.some(({ key, target }) => key.startsWith('table-') && target === null);
  return { next, warnings: makesTables ? [notOverTheApi] : [] };
};
