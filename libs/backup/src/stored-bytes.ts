import type { Part } from '@nocodb-backup/events';
import type { Backup } from './backup.js';
import { importedPart } from './imported-backup.js';
import type { Manifest } from './manifest.js';
import { standingArtifacts } from './standing-artifacts.js';

/** Bytes that a backup (or one part of it) takes in the vault, attached files included, by its facts. */
export const storedBytes = (backup: Backup, part?: Part): number => {
  if (backup.imported) return part ? importedPart(backup.imported, part).bytes : backup.imported.bytes;
  const own = standingArtifacts(backup).filter((standing) => isOf(part, standing.part));
  const attached = [...backup.tables.values()].map((table) =>
    table.state === 'succeeded' && isOf(part, 'export') ? table.data.attachments.bytes : 0,
  );
  return sum([...own.map(({ artifact }) => artifact.bytes), ...attached]);
};

/** The same by its manifest, which does not count itself. */
export const manifestBytes = ({ artifacts, parts }: Manifest, part?: Part): number => {
  const tables = isOf(part, 'export') ? parts.export.bases.flatMap((base) => base.tables) : [];
  const own = artifacts.filter((artifact) => isOf(part, artifact.part));
  return sum([...own.map(({ bytes }) => bytes), ...tables.map(({ attachments }) => attachments.bytes)]);
};

const isOf = (wanted: Part | undefined, part: Part): boolean => wanted === undefined || wanted === part;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
