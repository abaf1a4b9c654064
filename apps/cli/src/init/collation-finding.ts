import { type CollationDrift, type CollationState, recordingSql } from '@nocodb-backup/postgres';
import { type Finding, ok, warn } from '../doctor/check.js';
import { countText } from '../views/figures.js';

const SHOWN = 5;

/** Whether text in this database is still ordered as its indexes have it. What nothing uses does no harm. */
export const collationFinding = (state: CollationState): Finding => {
  const used = state.drifts.filter(({ isUsed }) => isUsed);
  const problems = [...used.map(driftText), ...leftoverText(state)];
  const unused = unusedText(state.drifts.length - used.length);
  if (problems.length === 0) return ok([`${state.database}: ${soundText(state)}`, ...unused].join('; '));
  return warn(
    [...shown(problems).map((text) => `${state.database}: ${text}`), ...unused].join('\n'),
    adviceOn(state, used),
  );
};

/** The first few, and how many there are besides. */
export const shown = (texts: readonly string[]): string[] =>
  texts.length <= SHOWN ? [...texts] : [...texts.slice(0, SHOWN), `and ${texts.length - SHOWN} more`];

/** What has changed, as in `its own collation (libc): recorded 2.31, now 2.36`. */
export const driftText = ({ of, name, provider, recorded, actual }: CollationDrift): string =>
  `${of === 'database' ? 'its own collation' : `collation ${name}`} (${provider}): version ${recorded ?? UNKNOWN} when indexes were built, ${actual ?? UNKNOWN} now`;

const UNKNOWN = 'unknown';

const soundText = ({ isTracked, versionNumber }: CollationState): string =>
  isTracked
    ? 'text is ordered as when its indexes were built'
    : `PostgreSQL ${Math.floor(versionNumber / 10_000)} does not record what its indexes were built with (15 does): after an update of the ` +
      "server's operating system, or another image of it, REINDEX by hand";

const unusedText = (count: number): string[] =>
  count === 0 ? [] : [`${countText(count, 'collation')} of another version that nothing uses`];

const leftoverText = ({ leftovers }: CollationState): string[] =>
  leftovers.length === 0
    ? []
    : [
        `${countText(leftovers.length, 'invalid index', 'invalid indexes')} of a REINDEX that was cut off: ${leftovers.join(', ')}`,
      ];

const adviceOn = ({ database }: CollationState, used: readonly CollationDrift[]): string => {
  const danger = used.length === 0 ? '' : 'Indexes on text may miss rows and let duplicates in. ';
  if (used.length === 0 || used.some(({ mayRecord }) => mayRecord))
    return `${danger}Make a backup, then: INIT_COLLATION_AUTO_FIX=true nocodb-backup init`;
  const statements = used.slice(0, SHOWN).map((drift) => `${recordingSql(drift)};`);
  return (
    `${danger}DATABASE_USER may not mend it. Make a backup, then as a superuser in this database: ` +
    `REINDEX DATABASE CONCURRENTLY "${database}"; and only when that has succeeded: ${statements.join(' ')}`
  );
};
