import type { CollationDrift, CollationRepair, RebuildProgress } from '@nocodb-backup/postgres';
import { type Finding, warn } from '../doctor/check.js';
import { countText } from '../views/figures.js';
import { collationFinding, shown } from './collation-finding.js';

/** What a repair did, and what it left to people. */
export const repairFinding = (repair: CollationRepair): Finding => {
  const { failures, after } = repair;
  const done = droppedText(repair);
  if (failures.length > 0)
    return warn(
      [...done, ...failedText(repair)].map((text) => `${after.database}: ${text}`).join('\n'),
      'Indexes on text may miss rows and let duplicates in until then. Mend it, and run nocodb-backup init again; docs/operations.md, "Before NocoDB starts", tells how',
    );
  const { text, ...finding } = collationFinding(after);
  const lines = [...done, ...recordedText(repair)].map((line) => `${after.database}: ${line}`);
  return { ...finding, text: [...lines, text].join('\n') };
};

/** How far it is, as in `nocodb: 12 of 340 indexes rebuilt; at public.items_title_key (building index, 43 %)`. */
export const progressLine = ({ database, rebuilt, indexes, at, waitsFor }: RebuildProgress): string => {
  const percent = at?.percent === null || at === undefined ? '' : `, ${at.percent} %`;
  return [
    `${database}: ${rebuilt} of ${countText(indexes, 'index', 'indexes')} rebuilt`,
    ...(at ? [`at ${at.index.replace(/_ccnew\d*("?)$/, '$1')} (${at.phase}${percent})`] : []),
    ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}`]),
  ].join('; ');
};

const droppedText = ({ dropped }: CollationRepair): string[] =>
  dropped.length === 0
    ? []
    : [`removed what a REINDEX that was cut off had left: ${shown(dropped).join(', ')}`];

const failedText = ({ failures }: CollationRepair): string[] => [
  'not all indexes could be rebuilt, so no version was recorded:',
  ...shown(failures.map(({ index, reason }) => (index === undefined ? reason : `${index}: ${reason}`))),
];

const recordedText = ({ before, after, indexes }: CollationRepair): string[] => {
  const left = new Set(after.drifts.map(({ oid, of }) => `${of} ${oid}`));
  const recorded = before.drifts.filter(({ oid, of }) => !left.has(`${of} ${oid}`));
  if (recorded.length === 0) return [];
  return [
    `${countText(indexes, 'index', 'indexes')} rebuilt, and then recorded: ${shown(recorded.map(versions)).join(', ')}`,
  ];
};

const versions = ({ of, name, recorded, actual }: CollationDrift): string =>
  `${of === 'database' ? 'its own collation' : name} ${recorded ?? 'unknown'} -> ${actual ?? 'unknown'}`;
