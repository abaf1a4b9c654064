import { z } from 'zod';
import { Hook, Loose, Table, View } from './schemas.js';

const StoredView = View.extend({
  columns: z.array(Loose).catch([]),
  filters: z.array(Loose).catch([]),
  sorts: z.array(Loose).catch([]),
  detail: Loose.nullish().catch(null),
});
export type StoredView = z.infer<typeof StoredView>;

const StoredHook = Hook.extend({ filters: z.array(Loose).catch([]) });
export type StoredHook = z.infer<typeof StoredHook>;

/** A table as `schema.json` of a backup tells it. `hooks` null: the backup could not read them, or is too old to hold them. */
export const StoredDefinition = z.object({
  table: Table,
  views: z.array(StoredView).default([]),
  hooks: z.array(StoredHook).nullable().default(null),
});
export type StoredDefinition = z.infer<typeof StoredDefinition>;
