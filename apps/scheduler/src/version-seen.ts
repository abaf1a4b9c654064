import { VersionSeen } from '@nocodb-backup/events';

const DAY_MS = 86_400_000;

/**
 * What is to be recorded of the version that NocoDB answers with, given those that were recorded, in their order; undefined where it
 * has not changed, or has been seen within a day: two servers behind one address must not bring a backup with every answer.
 */
export const versionSeen = (
  seen: readonly VersionSeen['data'][],
  { source, version, now }: { readonly source: string; readonly version: string; readonly now: Date },
): VersionSeen | undefined => {
  const last = seen.at(-1);
  const isFresh = (one: VersionSeen['data']) =>
    one.version === version && now.getTime() - Date.parse(one.seenAt) < DAY_MS;
  if (last?.version === version || seen.some(isFresh)) return undefined;
  return VersionSeen({
    source,
    n: String(seen.length + 1),
    version,
    previous: last?.version ?? null,
    seenAt: now.toISOString(),
  });
};
