import { type LegacyBase, type LegacyManifest, legacyName, type LegacyTable } from './legacy-manifest.js';

/** A table of the manifest, and the folder that the Python tool wrote it to. */
export interface Claim {
  readonly base: LegacyBase;
  readonly table: LegacyTable;
  readonly folder: string;
  /** Other tables became the same folder: the last one to be written overwrote them. */
  readonly isShared: boolean;
}

/** The tables of the manifest with their folders. */
export const claimsOf = ({ bases }: LegacyManifest): Claim[] => {
  const claims = bases.flatMap((base) =>
    base.tables.map((table) => ({
      base,
      table,
      folder: `${baseFolder(base)}/tables/${legacyName(table.title)}`,
    })),
  );
  const counts = new Map<string, number>();
  for (const { folder } of claims) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  return claims.map((claim) => ({ ...claim, isShared: (counts.get(claim.folder) ?? 0) > 1 }));
};

/** Where the Python tool wrote the base. */
export const baseFolder = ({ title }: LegacyBase): string => `bases/${legacyName(title)}`;
