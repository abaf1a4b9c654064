import type { Manifest } from '@nocodb-backup/backup';
import { DamageError } from '../damage-error.js';
import { unreadable } from '../damaged.js';
import type { Shelf } from '../shelf.js';
import { smallJson } from '../small-json.js';
import { z } from 'zod';

type Base = Manifest['parts']['export']['bases'][number];

/**
 * The manifest of an encrypted backup with the titles of its bases and tables, which each base's `metadata.json` tells. Where that
 * cannot be read for lack of a key the ids stay, and where it is damaged, too, and a warning says so.
 */
export const titledManifest = async (
  shelf: Shelf,
  manifest: Manifest,
  canRead: (path: string) => boolean,
): Promise<Manifest> => {
  const { parts, artifacts } = manifest;
  const stored = new Set(artifacts.map(({ path }) => path));
  const warnings = [...manifest.warnings];
  const bases: Base[] = [];
  for (const base of parts.export.bases) {
    const path = `${base.folder}/metadata.json`;
    const titled = stored.has(path) && canRead(path) ? await titledBase(shelf, base, path) : base;
    if (typeof titled === 'string') warnings.push(`the titles of base ${base.id} are not known: ${titled}`);
    bases.push(typeof titled === 'string' ? base : titled);
  }
  return { ...manifest, warnings, parts: { ...parts, export: { ...parts.export, bases } } };
};

const Metadata = z.object({
  base: z.object({ title: z.string() }),
  tables: z.array(z.object({ tableId: z.string(), title: z.string() })),
});

/** The base with its titles, or what is damaged. */
const titledBase = async (shelf: Shelf, base: Base, path: string): Promise<Base | string> => {
  try {
    const metadata = await read(shelf, path);
    const titles = new Map(metadata.tables.map(({ tableId, title }) => [tableId, title]));
    const tables = base.tables.map((table) => ({ ...table, title: titles.get(table.id) ?? table.title }));
    return { ...base, title: metadata.base.title, tables };
  } catch (error) {
    if (error instanceof DamageError) return error.message;
    throw error;
  }
};

const read = async (shelf: Shelf, path: string): Promise<z.output<typeof Metadata>> => {
  const content = await smallJson(shelf, path);
  try {
    return Metadata.parse(content);
  } catch (error) {
    throw unreadable(error, shelf.backupId, path);
  }
};
